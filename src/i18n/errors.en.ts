// English sentences for every error code. Each says what was tried, what was needed and found, what is kept, and what
// to do.

import { adapterFilesEn, adaptersEn, leadsEn, orAdapter } from './errors-adapters.ts'
import { downloadsEn, orPlace, placesEn } from './errors-downloads.ts'
import { formEn } from './errors-form.ts'
import { lessonsEn } from './errors-lessons.ts'
import { numbersEn } from './errors-numbers.ts'
import { documentEn } from './errors-documents.ts'
import { remoteEn } from './errors-remote.ts'
import { trainingEn } from './errors-training.ts'
import type { ErrorCatalog, FactReader } from './explain.ts'
import { kindOf, kindTodo } from './kinds.ts'

const the = (f: FactReader, name = 'file', otherwise = 'the file') => (f.has(name) ? `“${f.text(name)}”` : otherwise)
/** why a repository offers nothing to load (src/storage/hub.ts) */
const missingWhy: Record<string, string> = {
  pickle: 'it has only pickle files (.bin), which can run code when opened',
  split: 'its .gguf files are split, and parts are missing',
  projector: 'its only .gguf turns pictures into tokens (mmproj)',
  onnx: 'it has only ONNX files',
  'no-weights': 'it has no .safetensors and no .gguf file',
  'no-file': 'it has no such file',
  outside: 'a file of it leads out of its folder',
  'no-shards': 'its index names no weight files',
}
const when = (yes: boolean, text: string) => (yes ? text : '')

export const errorsEn: ErrorCatalog = {
  NO_WEBGPU: {
    title: 'This browser has no WebGPU',
    text: () => 'Glassbox reaches the graphics chip through WebGPU, and this browser does not offer it to pages.',
    todo: () =>
      'The processor can run models, too. A current Chrome, Edge or Firefox, or Safari 26 and later, has WebGPU.',
  },
  INSECURE_CONTEXT: {
    title: 'The page was opened over plain http',
    text: () => 'Browsers offer WebGPU only to secure pages: https, or http on localhost and 127.0.0.1.',
    todo: () => 'Open the same page over https, or start Glassbox on this computer and open http://localhost.',
  },
  NO_ADAPTER: {
    title: 'The browser found no usable graphics chip',
    text: () =>
      'WebGPU is here, but asking it for a graphics adapter gave nothing. The browser’s graphics process may have crashed, or the driver is blocked, outdated, or turned off.',
    todo: () =>
      'Reload the page first, with the browser’s own reload button: after a crash that is all it takes. If it does not help, turn on hardware acceleration in the browser’s settings, update the graphics driver, then restart the browser.',
  },
  LIMIT_TOO_SMALL: {
    title: 'This graphics chip allows too little',
    text: (f) =>
      `${f.has('limit') ? `The limit ${f.text('limit')}` : 'One limit'} would have to be ${f.amount('needed', 'need')}; this chip allows ${f.amount('found', 'has')}.`,
    todo: (f) =>
      f.has('needed')
        ? 'Nothing was loaded. Choose a shorter context, or a smaller model.'
        : 'Every browser’s WebGPU must allow that much, so no model can run on this chip: use the processor, update the browser, or take another one.',
  },
  GPU_OUT_OF_MEMORY: {
    title: 'The graphics memory is full',
    text: (f) =>
      `The GPU could not set aside ${f.has('bytes', 'needed') ? f.bytes('bytes', 'needed') : 'more memory'}${when(f.has('label', 'step'), ` for “${f.text('label', 'step')}”`)}.`,
    todo: () =>
      'Close other tabs that use graphics, choose a shorter context or a smaller model, or run it on the processor. What is stored stays stored.',
  },
  CPU_OUT_OF_MEMORY: {
    title: 'There is not enough memory',
    text: (f) =>
      `To run the model on the processor, ${f.bytes('bytes')} of memory are needed in one piece, and the browser did not give them.`,
    todo: () =>
      'Close other tabs and programs, choose a shorter context or a smaller model. What is stored stays stored.',
  },
  GPU_VALIDATION: {
    title: 'The GPU refused a command',
    text: (f) =>
      `The driver reported an error${when(f.has('step'), ` in “${f.text('step')}”`)}${when(f.has('message'), `: ${f.text('message')}`)}.`,
    todo: () => 'Load the model again. If it comes back, the details below help to find the fault; please report them.',
  },
  GPU_LOST: {
    title: 'The GPU stopped',
    text: (f) =>
      f.is('reload', true)
        ? 'The browser’s graphics process stopped more than once, and the browser gives this page no graphics device any more until you reload it.'
        : f.is('reason', 'stalled')
          ? `The graphics chip did not answer for ${f.text('seconds')} s, so it was given up.`
          : `The browser took the graphics device away${when(f.has('message') && !f.is('message', ''), `: ${f.text('message').replace(/\.$/, '')}`)}. This happens when a driver resets, updates, or the computer sleeps.`,
    todo: (f) =>
      f.is('reload', true)
        ? 'Reload the page with the browser’s own reload button, or press F5, Ctrl+R or ⌘R: a button inside the page cannot do it. If that does not help, restart the browser. Your chats and stored models are kept, and the model is loaded again.'
        : 'Your chat is kept. Start the engine again to go on, or go on with the processor.',
  },
  KERNEL_FAILED: {
    title: 'A kernel does not work on this GPU',
    text: (f) =>
      `The kernel ${the(f, 'kernel', the(f, 'shader', 'of this step'))} could not be used${when(f.has('found'), `: ${f.text('found')}`)}.`,
    todo: () => 'Nothing was loaded. Update the browser or the graphics driver, or run the model on the processor.',
  },

  FILE_MISSING: orPlace(
    placesEn,
    orAdapter(adapterFilesEn.FILE_MISSING, {
      title: 'A file of the model is missing',
      text: (f) =>
        f.is('reason', 'partial')
          ? f.has('size', 'stored')
            ? `Of “${f.text('model')}” only ${f.bytes('stored')}${when(f.has('size'), ` of ${f.bytes('size')}`)} are stored and whole.`
            : 'The model’s files came from this computer, so they cannot be downloaded.'
          : f.is('reason', 'absent')
            ? `“${f.text('model')}” is not stored in this browser.`
            : f.has('reason') && f.has('model')
              ? `“${f.text('model')}” cannot be used: ${missingWhy[f.text('reason')] ?? 'it holds no weights that this version reads'}${when(f.has('file'), ` (“${f.text('file')}”)`)}.`
              : f.is('reason', 'no-weights')
                ? `There are no weights among the files${when(f.has('first'), ` (“${f.text('first')}” …)`)}.`
                : f.has('missing', 'shards')
                  ? `The model lies in ${f.text('shards')} files; ${f.text('missing')} of them ${f.is('missing', 1) ? 'is' : 'are'} missing (${f.has('part') ? `part ${f.text('part')}` : the(f)}).`
                  : f.has('file')
                    ? `The model needs “${f.text('file')}”${when(f.has('beside'), ` beside “${f.text('beside')}”`)}, and it is not among the files.`
                    : 'There are no weights among the files.',
      todo: (f) =>
        f.is('reason', 'partial')
          ? f.is('imported', true)
            ? 'What is whole is kept. Add the model’s files again: they take the place of the damaged copy.'
            : 'What is whole is kept. Continue the download on the Models panel.'
          : f.is('reason', 'absent')
            ? 'Download it, or add its files, on the Models panel.'
            : f.is('reason', 'no-file')
              ? 'Check the file’s name, or enter the repository alone and choose from its list.'
              : f.has('reason') && f.has('model')
                ? 'Choose a repository that offers .safetensors or .gguf files: most models have one.'
                : f.has('shards')
                  ? 'Add all of these files together.'
                  : 'Give either one .gguf file, or config.json, tokenizer.json and all .safetensors files together.',
    }),
  ),
  FILE_TRUNCATED: {
    title: 'The file is cut short',
    text: (f) =>
      `${f.has('file') ? `“${f.text('file')}”` : 'The file'} must reach ${f.bytes('needed')} and ends at ${f.bytes('size')}. Its download probably stopped early.`,
    todo: () => 'Fetch the file again.',
  },
  FILE_FORMAT: orAdapter(adapterFilesEn.FILE_FORMAT, {
    title: 'This is not a model file',
    text: (f) =>
      f.has('plain')
        ? `The weights “${f.text('first')}” and “${f.text('second')}” both stand for “${f.text('plain')}”, and nothing says which of the two is meant.`
        : f.has('first', 'second')
          ? `The files hold more than one model: “${f.text('first')}” and “${f.text('second')}”.`
          : `Cannot use ${the(f)} as a model${when(f.has('found', 'reason'), `: it is ${kindOf(f, 'en')}`)}.`,
    todo: (f) =>
      f.has('plain')
        ? 'Nothing was loaded. Delete one of the two from the file, or save the model anew with the program that wrote it.'
        : (kindTodo(f, 'en') ?? 'Choose a .gguf file, or config.json, tokenizer.json and .safetensors files.'),
  }),
  FILE_HEADER: {
    title: 'The file is damaged',
    text: (f) =>
      `The header of ${the(f)} does not make sense${when(f.has('problem'), `: ${f.text('problem')}`)}${when(f.has('at'), ` (at ${f.text('at')})`)}.`,
    todo: () => 'Fetch the file again.',
  },
  TENSOR_MISSING: {
    title: 'The model is incomplete',
    text: (f) =>
      `The weight ${the(f, 'tensor', 'of one layer')} is needed${when(f.has('need'), ` with shape (${f.text('need')})`)} and is in none of the files.${when(f.is('untied', true), ' config.json does not say “tie_word_embeddings”: true, so the embedding cannot stand in for it.')}${when(f.has('begin') && !f.is('gguf', true), ` The names in the files begin with ${f.text('begin')}.`)}`,
    todo: (f) =>
      `Nothing was loaded. ${f.is('gguf', true) ? `“${f.text('file')}” is not whole, or was made for a program with names of its own: take another .gguf of the same model.` : f.is('untied', true) ? 'If the model’s head is its embedding, say so in config.json; else add the file that holds the head.' : f.has('begin') ? 'The files may be of another kind of model than config.json says: take both from one place.' : 'Add all .safetensors files of the model at once.'}`,
  },
  TENSOR_SHAPE: {
    title: 'Weights and description do not belong together',
    text: (f) =>
      `The weight ${the(f, 'tensor', 'of one layer')} must have shape (${f.text('need')}); the file has (${f.text('found')}).`,
    todo: (f) =>
      f.is('gguf', true)
        ? `Nothing was loaded. “${f.text('file')}” contradicts itself: take another .gguf of the same model.`
        : 'Nothing was loaded. Take config.json and the weights from the same model.',
  },
  ...adaptersEn,
  TENSOR_UNUSED: {
    title: 'The model holds more than can be computed',
    text: (f) =>
      `The files hold ${f.is('count', 1) ? '1 weight' : f.has('count') ? `${f.text('count')} weights` : 'weights'} that ${f.has('family') ? `the family “${f.text('family')}”` : 'its family'} does not compute with${when(f.has('names'), `: ${f.text('names')}${when(f.has('more'), ' …')}`)}. Leaving ${f.is('count', 1) ? 'it' : 'them'} out would change every number.`,
    todo: () =>
      'Nothing was loaded. Choose a model of this family without them, or one where they were merged into the other weights.',
  },
  DTYPE_UNSUPPORTED: {
    title: 'This number format is not supported',
    text: (f) =>
      f.is('packed', true)
        ? `The weights are packed as ${f.text('dtype')}, says ${the(f)}; this version reads ${f.text('known')}.`
        : f.has('count')
          ? `${f.text('count')} of the ${f.text('tensors')} tensors in ${the(f)} ${f.is('count', 1) ? 'is' : 'are'} stored as ${f.text('dtype')} (${f.text('where')})${when(f.has('claimed'), `, though its name says ${f.text('claimed')}`)}; this version reads ${f.text('known')}.`
          : `The weight ${the(f, 'tensor', 'of one layer')} is stored as ${f.text('dtype', 'found', 'type')}${when(f.has('known', 'need'), `; this version reads ${f.text('known', 'need')}`)}.`,
    todo: (f) =>
      f.is('packed', true)
        ? 'Nothing was loaded. Choose the repository of the same model that is not quantized (BF16 or F16), or a Q8_0 GGUF of it.'
        : f.is('gguf', true)
          ? 'Nothing was loaded. Choose another file of the same model, for example Q4_K_M, Q8_0 or F16.'
          : 'Nothing was loaded. Choose a file in one of these formats, for example BF16 safetensors or a Q8_0 GGUF.',
  },
  CONFIG_INVALID: {
    title: 'The model’s description is not usable',
    text: (f) =>
      `In ${the(f, 'file', 'config.json')}, ${the(f, 'key', 'a value')} must be ${f.has('need') ? f.text('need') : 'present and valid'}${when(f.has('found'), `; found ${f.text('found')}`)}.`,
    todo: (f) =>
      /\.gguf$/i.test(f.text('file'))
        ? 'Nothing was loaded. Fetch the file again, or take another .gguf of the same model.'
        : `Nothing was loaded. Fetch ${f.has('file') ? f.text('file') : 'config.json'} again from where the weights came from.`,
  },
  FAMILY_UNSUPPORTED: {
    title: 'This kind of model is not known yet',
    text: (f) =>
      f.has('key')
        ? `The model’s description says “${f.text('key')}” is ${f.text('found')}, and this version does not compute with that${when(f.has('family'), ` for the family “${f.text('family')}”`)}: every number would be wrong.`
        : f.has('experts')
          ? `${the(f)} describes a mixture of experts (${f.text('experts')}), ${the(f, 'type', 'of an architecture')}; this version does not compute with experts in that architecture.`
          : `The file describes ${the(f, 'type', the(f, 'word', 'an architecture'))}${when(f.has('known'), `; this version knows ${f.text('known')}`)}.`,
    todo: (f) =>
      f.has('key')
        ? 'Nothing was loaded. Choose another model.'
        : f.has('experts')
          ? 'Nothing was loaded. Choose a model of another architecture, or one without experts.'
          : 'Nothing was loaded. Choose a model of a known family.',
  },
  TOKENIZER_INVALID: {
    title: 'The tokenizer cannot be used',
    text: (f) =>
      f.is('reason', 'beyond')
        ? `“${f.text('token')}” is token ${f.text('id')} of the tokenizer, and the model has rows for 0 to ${f.text('last')} only: they are of different versions.`
        : f.is('reason', 'segment')
          ? `The tokenizer puts the text in segment ${f.text('kind')}, and the model knows segments 0 to ${f.text('last')} only: they are of different versions.`
          : f.is('during', 'encode')
            ? 'The model’s tokenizer would make this text far too long, or go through it far too often. It was stopped.'
            : f.is('during', 'decode')
              ? 'The model’s tokenizer would make a far too long text of one token, or go through it far too often. It was stopped.'
              : `Cannot read ${the(f, 'file', 'the tokenizer')}${when(f.has('what', 'problem', 'key', 'found'), `: ${f.text('what', 'problem', 'key', 'found')}`)}.`,
    todo: (f) =>
      f.is('reason', 'beyond')
        ? `Your messages are kept. Leave “${f.text('token')}” out of the text, or load tokenizer and weights from the same model.`
        : f.is('reason', 'segment')
          ? 'Your text is kept. Load tokenizer and weights from the same model.'
          : f.is('during', 'encode')
            ? 'Your text is kept. Fetch the tokenizer file again, or load another model.'
            : f.is('during', 'decode')
              ? 'Your messages are kept. Fetch the tokenizer file again, or load another model.'
              : 'Nothing was loaded. Fetch the tokenizer file again.',
  },
  TOKENIZER_UNSUPPORTED: {
    title: 'This kind of tokenizer is not known yet',
    text: (f) =>
      `The model cuts text in a way this version cannot repeat exactly${when(f.has('what', 'type', 'found'), `: ${f.text('what', 'type', 'found')}`)}.`,
    todo: () => 'Nothing was loaded. Choose another model.',
  },

  NETWORK: downloadsEn.NETWORK,
  HTTP_STATUS: {
    title: 'The server refused',
    text: (f) =>
      f.has('repo')
        ? f.is('status', 401)
          ? `There is no model “${f.text('repo')}”, or it is private: ${f.text('host')} says the same for both.`
          : f.is('status', 403)
            ? `“${f.text('repo')}” is there, but its owner wants you to accept a licence first.`
            : `There is no model “${f.text('repo')}” on ${f.text('host')}${when(f.has('revision'), `, or it has no revision “${f.text('revision')}”`)}.`
        : `${f.has('url', 'file') ? `“${f.text('url', 'file')}”` : 'The server'} answered with status ${f.text('status')}.${f.is('status', 404) || f.is('status', 410) ? ' There is no such file: check the name.' : f.is('status', 401) ? ' It wants a login.' : f.is('status', 403) ? ' Access is not given: a licence may have to be accepted first.' : f.is('status', 429) ? ' It was asked too often.' : ''}`,
    todo: (f) =>
      f.has('repo')
        ? f.is('status', 401)
          ? 'Check the spelling (owner/name). If the model is private, download its files in another tab with your account, then drop them here.'
          : f.is('status', 403)
            ? 'Accept the licence on its page in another tab with your account, download the files there, then drop them here.'
            : 'Check the spelling (owner/name).'
        : f.is('status', 401) || f.is('status', 403)
          ? 'Download the files in another tab with your account, then drop them here.'
          : f.is('status', 404) || f.is('status', 410)
            ? 'What was downloaded is kept. Check the name.'
            : 'What was downloaded is kept. Try again later.',
  },
  HASH_MISMATCH: downloadsEn.HASH_MISMATCH,
  STORAGE_QUOTA: {
    title: 'There is no room left',
    text: (f) =>
      `The browser lets this page store no more${when(f.has('needed', 'bytes'), `; ${f.bytes('needed', 'bytes')} are needed`)}.`,
    todo: () => 'What was downloaded is kept. Delete a model you do not need or free disk space, then continue.',
  },
  STORAGE_CORRUPT: orAdapter(adapterFilesEn.STORAGE_CORRUPT, {
    title: 'A stored file was damaged',
    text: (f) =>
      `${f.has('file', 'name') ? `“${f.text('file', 'name')}”` : 'A stored part'} is not what was written${when(f.has('chunk'), `: part ${f.text('chunk')} of ${f.text('chunks')} changed or is gone`)}.`,
    todo: (f) =>
      f.is('imported', true)
        ? 'The other parts are kept. The file came from this computer: add the model’s files again, and they take the place of the damaged copy.'
        : f.is('imported', false)
          ? 'The other parts are kept, and the damaged one could not be fetched. Connect to the network, then try again: only that part is downloaded.'
          : 'Try again to fetch the damaged part, or add the model’s files again.',
  }),
  STORAGE_UNAVAILABLE: {
    title: 'The stored data cannot be reached',
    text: (f) =>
      f.is('reason', 'blocked')
        ? 'Another tab holds an older version of the stored data.'
        : f.is('reason', 'waiting')
          ? 'The browser’s database does not answer. Another tab may be deleting the stored data, or the disk is busy.'
          : f.is('reason', 'VersionError')
            ? 'The data was stored by a newer version of this page.'
            : `The browser’s database refused to work${when(f.has('reason'), ` (${f.text('reason')})`)}. Private windows and strict cookie settings do this.`,
    todo: (f) =>
      f.is('reason', 'blocked')
        ? 'Close the other Glassbox tabs, then reload this page. Nothing is lost.'
        : f.is('reason', 'waiting')
          ? 'Close the other tabs of this site, then try again or reload the page.'
          : f.is('reason', 'VersionError')
            ? 'Nothing is lost. Close all tabs of this page, then open it again to get its newest version.'
            : 'Use a normal window, or allow this site to store data, then reload. Nothing that was complete is lost.',
  },

  TEMPLATE_FAILED: {
    title: 'The model’s chat template failed',
    text: (f) =>
      f.is('reason', 'empty')
        ? 'The template that turns messages into the model’s text is empty: no word of a chat would reach the model.'
        : f.is('reason', 'default')
          ? `The model brings several chat templates (${f.text('names')}) and none is named “default”, so none is meant for a plain chat.`
          : `The template that turns messages into the model’s text stopped${when(f.has('problem', 'message'), `: ${f.text('problem', 'message')}`)}.`,
    todo: (f) =>
      f.has('reason')
        ? 'Your messages are kept. To use one of your choice, save it as chat_template.jinja beside the weights and add the model again.'
        : 'Your messages are kept. Try without a system prompt; some templates allow none.',
  },
  TEMPLATE_LIMIT: {
    title: 'The chat template does too much',
    text: (f) => `The model’s template was stopped${when(f.has('what'), `: ${f.text('what')}`)}.`,
    todo: () => 'Your messages are kept. The template may be faulty: choose another model.',
  },
  PARAM_INVALID: {
    title: 'A setting is out of range',
    text: (f) =>
      leadsEn.text(f) ??
      `${f.has('param') ? `“${f.text('param')}”` : 'A setting'} ${f.has('need') ? `must be ${f.text('need')}` : 'cannot be used'}${when(f.has('found', 'value'), `; it is ${f.text('found', 'value')}`)}.`,
    todo: (f) =>
      f.has('question')
        ? 'Nothing was changed. Ask again with such a value.'
        : f.is('param', 'context')
          ? 'Choose another context in the model’s options.'
          : /^(chunk|linear|embedding|cpu)$/.test(f.text('param'))
            ? 'Change it in the model’s options.'
            : /^(prompt|text|ids|messages)\b/.test(f.text('param'))
              ? 'Change the text, and try again.'
              : /^(adapters?|scale|resume|rows)\b/.test(f.text('param'))
                ? (leadsEn.todo(f) ?? 'Nothing was changed. Set it on the adapter.')
                : 'Change it in the sampling panel, or reset everything there.',
  },
  TRAIN_UNSUPPORTED: trainingEn,
  DOCUMENT_REFUSED: documentEn,
  RECORDING_TOO_LONG: {
    title: 'The text is too long to record',
    text: (f) =>
      f.has('bytes')
        ? `It has ${f.text('count')} tokens. What this panel shows of it, even at one place, is more than the ${f.bytes('bytes')} that there is room for.`
        : `It has ${f.text('count')} tokens. A recording of this model holds at most ${f.text('limit')}, because it keeps the attention of every token to every other.`,
    todo: () => 'Record a shorter text.',
  },
  CONTEXT_FULL: {
    title: 'The text is too long for the model',
    text: (f) =>
      `The model’s memory holds ${f.text('context', 'limit')} tokens${when(f.has('count'), f.is('length', 0) ? `, and the whole prompt is ${f.text('count')}` : `, and ${f.text('count')} more would have to fit`)}.`,
    todo: () => 'Shorten the text, or load the model with a longer context. A chat that is full goes on as a new chat.',
  },
  ...numbersEn,
  ...lessonsEn,
  ...formEn,
  REMOTE_FAILED: remoteEn,
  TASK_UNSUPPORTED: {
    title: 'This model does something else',
    text: (f) =>
      f.is('how', 'source')
        ? 'This model answers a text: its encoder reads it, and its decoder writes what comes of it. It names no labels and fills no blanks by itself. Nothing changed.'
        : f.is('how', 'ahead')
          ? 'This model writes: it says which word comes next, and names no labels and fills no blanks. Nothing changed.'
          : f.is('asked', 'read')
            ? 'This model writes: it sees only the words before each word, so it cannot read a text as a whole. Nothing changed.'
            : 'This model reads a whole text at once: it fills blanks, names labels or gives vectors, and does not go on with a text. Nothing changed.',
    todo: (f) =>
      f.is('how', 'source')
        ? 'Give it the text as a message and let it write, or load a model that fills blanks, names labels or gives vectors.'
        : f.is('asked', 'read')
          ? 'Chat with it, or load a model that fills blanks, names labels or gives vectors.'
          : 'Give it a text to read, or load a model that writes.',
  },
  VIEW_ABSENT: {
    title: 'This view does not apply to this model',
    text: (f) =>
      f.is('why', 'lead')
        ? 'An adapter puts virtual tokens before every text while it is on. They are no words of it, and what is computed after them is not shown here.'
        : f.is('why', 'unadapted')
          ? 'It compares the model with an adapter and without, and no adapter is on this model.'
          : f.is('why', 'recorded')
            ? 'It compares the model with an adapter and without, and a recording holds one run, as the adapters were set then.'
            : f.is('why', 'tokens')
              ? 'It shows the chances of tokens, and this model has no head over the vocabulary: it gives labels or vectors.'
              : f.is('why', 'linear')
                ? 'It takes a logit for a sum along one direction of the residual, and this model bends the numbers once more before the vocabulary: no parts add up to a logit.'
                : f.is('why', 'source')
                  ? 'It follows one residual to the vocabulary, and what an encoder computes gets there only through cross-attention, as part of another residual.'
                  : f.is('why', 'streams')
                    ? 'It reads tokens out of the residual, and in this model a second stream beside it predicts them: the residual itself says none.'
                    : f.is('why', 'relative')
                      ? 'It cuts a look of the text, and in this model the answer comes from a second stream that looks by itself: with that look cut, it would still see the word.'
                      : f.is('why', 'attention')
                        ? 'It is about attention, and this model has none: it reads token by token into one state, and no token looks at another.'
                        : f.is('why', 'pairs')
                          ? 'It keeps a number for every pair of tokens, since this model scores their distance too, and of a text this long they do not fit.'
                          : f.is('why', 'recurrent')
                            ? 'It reads a running sum before it is complete, and this model has none: each recurrent layer gives a new vector in place of the one before, and the head was trained for the last alone.'
                            : f.is('why', 'recording')
                              ? 'A recording holds a text that one stack of layers read from left to right. This model reads otherwise, and much of what it computed would be missing in the file.'
                              : 'It splits a logit into what each part added, and this model norms the residual after every branch: it is no sum of the parts.',
    todo: (f) =>
      f.is('why', 'lead')
        ? 'Switch that adapter off to look inside the model as it is by itself.'
        : f.is('why', 'unadapted')
          ? 'Put an adapter on the model first.'
          : f.is('why', 'recorded')
            ? 'Go back to the live run, with the model and its adapter loaded.'
            : 'Everything else about this run can still be seen.',
  },
  BUSY: {
    title: 'Not now',
    text: (f) =>
      f.is('reason', 'none loaded')
        ? 'No model is loaded, so there is nothing to ask.'
        : f.is('reason', 'taught')
          ? 'A model is being taught in another tab; one at a time.'
          : f.has('model')
            ? `“${f.text('model')}” is being read or changed right now, here or in another tab.`
            : 'The engine does one thing at a time, and something else is running.',
    todo: (f) =>
      f.is('reason', 'none loaded')
        ? 'Load a model on the Models panel first.'
        : f.is('reason', 'taught')
          ? 'Wait for its end, or stop it there.'
          : f.has('model')
            ? 'Wait until that is done, or close the other tab.'
            : 'Wait until it is done, or stop it first.',
  },

  CHAT_UNREADABLE: {
    title: 'This chat cannot be read',
    text: (f) =>
      `What is stored of ${f.has('title') && !f.is('title', '') ? `“${f.text('title')}”` : 'this chat'} is not as it must be${when(f.has('where') && !f.is('where', ''), ` (${f.text('where')})`)}. It is kept as it is; the other chats are not touched.`,
    todo: () => 'Open the list of past chats: there it can be saved to a file or deleted.',
  },
  CHAT_FILE: {
    title: 'This file was not read',
    text: (f) =>
      f.is('reason', 'size')
        ? `It is ${f.bytes('size')} big; a file of chats has at most ${f.bytes('limit')}.`
        : 'It is not a file of chats that Glassbox has saved.',
    todo: () => 'Nothing was changed. Choose a .json file that was made with “Save to a file”.',
  },
  LINK_INVALID: {
    title: 'This link cannot be opened',
    text: (f) =>
      f.is('reason', 'version')
        ? `It was made by another version of Glassbox (${f.text('found')}); this page reads version ${f.text('need')}.`
        : f.is('reason', 'content')
          ? `“${f.text('field')}” in it is not what it must be. It was damaged, or made by something else.`
          : 'It is cut short, or was changed on its way.',
    todo: (f) =>
      f.is('reason', 'version')
        ? 'Reload the page to get its newest version. Nothing was changed.'
        : 'Copy the whole link once more, or ask for it again. Nothing was changed.',
  },
  LINK_TOO_LONG: {
    title: 'This run is too big for a link',
    text: (f) =>
      `The link would have ${f.text('size')} characters, and at most ${f.text('limit')} get through everywhere. Most of it is ${f.is('part', 'edits') ? 'the vectors of the edits' : f.is('part', 'answer') ? 'the tokens of the answer' : 'the text of the conversation'}.`,
    todo: (f) =>
      `${f.is('part', 'edits') ? 'Take some edits back' : 'Start a new chat with less text'}, or save the run as a recording: a file can hold all of it.`,
  },

  WORKER_DIED: {
    title: 'The engine stopped working',
    text: () => 'Its background thread ended unexpectedly, most often because the computer ran out of memory.',
    todo: () =>
      'Your chats and stored models are kept. Start the engine again; if it comes back, choose a smaller model.',
  },
  WORKER_TIMEOUT: {
    title: 'The engine does not answer',
    text: (f) =>
      `It gave no sign of life${when(f.has('seconds'), ` for ${f.text('seconds')} s`)}${when(f.has('call'), ` during “${f.text('call')}”`)}.`,
    todo: () => 'Your chats and stored models are kept. Start the engine again.',
  },
  ABORTED: {
    title: 'Stopped',
    text: () => 'The work was stopped before it finished.',
    todo: () => 'Nothing that was complete is lost.',
  },
  INTERNAL: {
    title: 'Something in Glassbox went wrong',
    text: (f) => `This should not happen${when(f.has('message', 'problem'), `: ${f.text('message', 'problem')}`)}.`,
    todo: () => 'Your chats are kept. Reload the page; if it comes back, please report the details below.',
  },
}

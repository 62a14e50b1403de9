// One word, step by step, as its tokenizer's kind does it. Play, step, rewind; a list of all steps beside the picture.

import { glass as common } from '../../i18n/panels/glass.ts'
import { usePanelText } from '../../i18n/panels/index.ts'
import { tokenizer as words } from '../../i18n/panels/tokenizer.ts'
import { Figure } from '../../ui/Figure.tsx'
import { Bpe } from './Bpe.tsx'
import { Lattice } from './Lattice.tsx'
import { shown } from './pieces.ts'
import styles from './Steps.module.css'
import type { StepProps } from './word.ts'
import { WordPiece } from './WordPiece.tsx'

export function Steps(props: StepProps) {
  const t = usePanelText(words),
    c = usePanelText(common)
  const { word } = props
  return (
    <Figure
      title={t.steps.title(word.text.length > 60 ? `${shown(word.text.slice(0, 60))}…` : shown(word.text))}
      words={c.figure}
      source="live"
      testId="tokenizer-steps"
      caption={
        word.how === 'bpe'
          ? t.steps.bpe
          : word.how === 'wordpiece'
            ? t.steps.wordpiece
            : word.how === 'unigram'
              ? t.steps.unigram
              : undefined
      }
      files={{ name: 'word-steps', numbers: () => word }}
    >
      {word.how === 'bpe' ? (
        <Bpe {...props} />
      ) : word.how === 'wordpiece' ? (
        <WordPiece word={word} />
      ) : word.how === 'unigram' ? (
        <Lattice word={word} />
      ) : (
        <p className={styles.note}>{word.how === 'whole' ? t.steps.whole : t.steps.added}</p>
      )}
    </Figure>
  )
}

// npm run lessons -- [l06 …] [--device cpu|reference|gpu] [--hardware] [--stories 1] [--write]: measures what the lessons
// claim.
//
// Every claim of every step (or of the lessons named), in both languages, with each story (or the first so many): its
// value, its threshold and how far apart they are. Fails where one is false, or nearer to its threshold than 10 %.
// --device cpu (default) is the processor, reference the plain references, gpu dawn.node: Chrome's software driver, or a
// real one with --hardware. --write puts the table and the map of chapters into docs/lessons.md.
import { writeFileSync } from 'node:fs'
import path from 'node:path'
import { openGpu } from './node-gpu.mjs'
import { readOptions, wholeNumber } from './options.mjs'
import { ensureInstall, ensureNode, main, Problem, root } from './setup.mjs'
import { openSources } from './sources.mjs'

const DEVICES = ['cpu', 'reference', 'gpu']

/** Worst first: false, then by how near it is. */
const nearest = (rows) => rows.reduce((worst, row) => (row.verdict.margin < worst.verdict.margin ? row : worst))
const percent = (margin) => (Number.isFinite(margin) ? `${(100 * margin).toFixed(0)} %` : 'exact')
const cell = (text) => text.replaceAll('|', '\\|').replaceAll('\n', ' ')

/** What stood on both sides, of the cast that is shown. */
function sides(rows, shown) {
  const { verdict } = rows.find(({ cast }) => cast === 0) ?? rows[0]
  return verdict.parts.map(({ value, relation, threshold }) => `${shown(value)} ${relation} ${shown(threshold)}`)
}

/** docs/lessons.md: the chapters of the textbooks by lesson, then every claim. */
function paper(done, titles, shown) {
  const lines = [
    '# Lessons: what they claim, and what was measured',
    '',
    'Written by `npm run lessons -- --write`. Every lesson is data (`src/features/lessons/data`), told in English and in Chinese; `docs/lessons-format.md` says how one is written. A claim is measured with several stories in each language. The values are those of the first; the margin is that of the story which comes nearest to the threshold, as a part of the threshold ("exact" where only equal or not is asked). A claim that is false with one of them, or nearer than 10 %, does not ship.',
    '',
    '## Chapters',
    '',
    '| lesson | | model | grew from |',
    '|--|--|--|--|',
    ...done.map(({ lesson }) => {
      const { en, zh } = titles[lesson.id]
      return `| ${lesson.id} | ${en} · ${zh} | ${lesson.model} | ${lesson.seeds.join(', ')} |`
    }),
    '',
    '## Claims',
    '',
    '| step | claim | English | Chinese | margin | stories |',
    '|--|--|--|--|--|--|',
  ]
  for (const { lesson, rows } of done) {
    for (const step of lesson.steps) {
      const own = rows.filter((row) => row.step.id === step.id)
      const of = (language) =>
        sides(
          own.filter((row) => row.language === language),
          shown,
        ).join('; ')
      const claim = typeof step.predicate === 'string' ? step.predicate : `${step.predicate.en} · ${step.predicate.zh}`
      lines.push(
        `| ${step.id} | \`${cell(claim)}\` | ${cell(of('en'))} | ${cell(of('zh'))} | ${percent(nearest(own).verdict.margin)} | ${own.length} |`,
      )
    }
  }
  return `${lines.join('\n')}\n`
}

main(async () => {
  ensureNode()
  const { values, positionals: ids } = readOptions(import.meta.url, {
    allowPositionals: true,
    options: {
      device: { type: 'string', default: 'cpu' },
      hardware: { type: 'boolean', default: false },
      stories: { type: 'string' },
      write: { type: 'boolean', default: false },
    },
  })
  const { device, hardware, write } = values
  const stories = wholeNumber(values, 'stories', { min: 1 })
  if (!DEVICES.includes(device)) throw new Problem(`--device is one of ${DEVICES.join(', ')}; it is "${device}".`)
  if (write && (ids.length || stories)) throw new Problem('--write goes with all lessons and stories: name none.')
  ensureInstall()
  const gpu = device === 'gpu' ? await openGpu(import.meta.url, hardware) : null
  if (device === 'gpu' && !gpu) throw new Problem('There is no GPU in Node here.')
  const vite = await openSources()
  const load = (file) => vite.ssrLoadModule(file)
  const { lessons } = await load('/src/features/lessons/data/index.ts')
  const { nodeHost } = await load('/src/lessons/testing/host.ts')
  const { survey } = await load('/src/lessons/testing/survey.ts')
  const { shown } = await load('/src/lessons/predicate/values.ts')
  const { titles } = await load('/src/i18n/lessons/titles.ts')
  const unknown = ids.find((id) => !Object.hasOwn(lessons, id))
  if (unknown) throw new Problem(`There is no lesson "${unknown}": there are ${Object.keys(lessons).join(', ')}.`)
  const host = nodeHost(gpu ? { gpu } : { device }, path.join(root, 'public'))
  const done = []
  let faults = 0
  for (const id of ids.length ? ids : Object.keys(lessons)) {
    const opened = await lessons[id]()
    console.log(`${id}  ${titles[id].en} · ${titles[id].zh}`)
    const rows = []
    const wanted = (_, language) => [...opened.lesson.casts[language].keys()].slice(0, stories ?? undefined)
    for await (const row of survey(host, opened, wanted)) {
      rows.push(row)
      const { step, language, cast, verdict, fault } = row
      if (fault) faults++
      const parts = verdict.parts.map(({ text, value, threshold }) => `${text}   ${shown(value)} : ${shown(threshold)}`)
      console.log(
        `  ${fault ? 'FAIL' : 'ok  '}  ${step.id} ${language} ${cast + 1}  ${percent(verdict.margin).padStart(6)}  ${parts.join('   ')}${fault ? `   ${fault}` : ''}`,
      )
    }
    done.push({ lesson: opened.lesson, rows })
  }
  const claims = done.reduce((sum, { rows }) => sum + rows.length, 0)
  console.log(`${claims - faults} of ${claims} hold, on ${device}`)
  if (write) {
    if (faults) throw new Problem('docs/lessons.md was left as it is: correct the claims first.')
    writeFileSync(path.join(root, 'docs', 'lessons.md'), paper(done, titles, shown))
  }
  // Devices of dawn.node keep the process alive, and closing the server may wait for them.
  process.exit(faults ? 1 : 0)
})

// npm run lessons -- [l06 …] [--device cpu|reference|gpu] [--hardware] [--stories 1] [--write]: measures what the lessons
// claim.
//
// Every claim of every step (or of the lessons named), in both languages, with each story (or the first so many): its
// value, its threshold and how far apart they are. Fails where one is false, or nearer to its threshold than 10 %.
// --device cpu (default) is the processor, reference the plain references, gpu dawn.node: Chrome's software driver, or a
// real one with --hardware. --write puts the table and the map of chapters into docs/lessons.md, of lessons that are named
// only their claims; with --device gpu it is that paper's last section.
import { readFileSync, writeFileSync } from 'node:fs'
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
    'Written by `npm run lessons -- --write`, but for the last section: the same claims on a GPU. Every lesson is data (`src/features/lessons/data`), told in English and in Chinese; `docs/lessons-format.md` says how one is written. A claim is measured with several stories in each language. The values are those of the first; the margin is that of the story which comes nearest to the threshold, as a part of the threshold ("exact" where only equal or not is asked). A claim that is false with one of them, or nearer than 10 %, does not ship.',
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
    ...done.flatMap((one) => claimsOf(one, shown)),
  ]
  return `${lines.join('\n')}\n`
}

/** A lesson's lines of the table of claims. */
const claimsOf = ({ lesson, rows }, shown) =>
  lesson.steps.map(({ id, predicate }) => {
    const own = rows.filter((row) => row.step.id === id)
    const of = (language) =>
      sides(
        own.filter((row) => row.language === language),
        shown,
      ).join('; ')
    const claim = typeof predicate === 'string' ? predicate : `${predicate.en} · ${predicate.zh}`
    return `| ${id} | \`${cell(claim)}\` | ${cell(of('en'))} | ${cell(of('zh'))} | ${percent(nearest(own).verdict.margin)} | ${own.length} |`
  })

/** The paper with these lessons' claims in place of their old ones. */
function renewed(old, done, shown) {
  let lines = old.split('\n')
  for (const one of done) {
    const isOwn = (line) => line.startsWith(`| ${one.lesson.id}.`)
    const at = lines.findIndex(isOwn)
    if (at < 0) throw new Problem(`docs/lessons.md has no claims of ${one.lesson.id} yet: write all lessons.`)
    const others = lines.filter((line) => !isOwn(line))
    lines = [...others.slice(0, at), ...claimsOf(one, shown), ...others.slice(at)]
  }
  return lines.join('\n')
}

const ON_GPU = '## On a GPU'
/** docs/lessons.md's last section: what the same claims came to on a GPU, a line for each lesson. @param rows by lesson */
const gpuSection = (rows) =>
  [
    ON_GPU,
    '',
    'The same claims with every number computed by the WGSL kernels: `npm run lessons -- --device gpu --stories 1 --write`, in Node (dawn.node). A line is of the last time its lesson was measured so.',
    '',
    '| lesson | claims that hold | stories in each language | nearest to its threshold | driver |',
    '|--|--|--|--|--|',
    ...Object.keys(rows)
      .sort()
      .map((id) => rows[id]),
    '',
  ].join('\n')
const gpuRow = ({ lesson, rows }, stories, driver) => {
  const { step, language, verdict } = nearest(rows)
  const hold = rows.filter(({ fault }) => !fault).length
  return `| ${lesson.id} | ${hold} of ${rows.length} | ${stories ?? 'all'} | ${percent(verdict.margin)} (${step.id} ${language}) | ${driver} |`
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
  if (write && device !== 'gpu' && stories) throw new Problem('--write goes with all stories: leave --stories out.')
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
    const file = path.join(root, 'docs', 'lessons.md')
    const [claimed, measured = ''] = readFileSync(file, 'utf8').split(`\n${ON_GPU}\n`)
    const rows = Object.fromEntries([...measured.matchAll(/^\| (l\d\d) .*$/gm)].map(([row, id]) => [id, row]))
    if (gpu) {
      const { info } = await gpu.requestAdapter()
      const driver = info.description || info.vendor
      for (const one of done) rows[one.lesson.id] = gpuRow(one, stories, driver)
    }
    const claims = gpu ? claimed : ids.length ? renewed(claimed, done, shown) : paper(done, titles, shown)
    writeFileSync(file, `${claims.trimEnd()}\n\n${gpuSection(rows)}`)
  }
  // Devices of dawn.node keep the process alive, and closing the server may wait for them.
  process.exit(faults ? 1 : 0)
})

// npm test: from a fresh clone to one last line, "N passed, N failed".
//
// Steps: types, lint, format, licences, rules, unit, browser, build, size, e2e. Those without
// tests of their own (types, lint, format, licences, build, size) count as one check each. A
// test that cannot run here skips with a reason ("UNRUN: …"); it is counted as skipped
// and listed above the last line. A step that dies without a report, or reports no test
// at all, is a failure.
//
// Types, lint, format and licences run beside each other, the others one after the other.
//
//   npm test -- [--only unit,e2e]      only these steps
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { stripVTControlCharacters } from 'node:util'
import { chromeVersion, ensureChrome } from './chrome.mjs'
import { readOptions } from './options.mjs'
import { ensureInstall, ensureNode, main, Problem, root } from './setup.mjs'
import { endRunning, freePort, tool } from './tool.mjs'

const total = { passed: 0, failed: 0, skipped: [], failures: [], flaky: [] }
const folder = mkdtempSync(path.join(tmpdir(), 'glassbox-test-'))

/** One check: passes when the tool exits with 0; its output is shown when it does not. */
const check = (label, name, args) => async () => {
  const { code, output } = await tool(name, args)
  if (code === 0) return { passed: 1, failed: 0, skipped: [], failures: [] }
  const lines = output.trim().split('\n')
  return {
    passed: 0,
    failed: 1,
    skipped: [],
    failures: [`${label}: ${name} ended with exit code ${code}`],
    shown: lines.map((line) => `  ${line}`).join('\n'),
  }
}

function readReport(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'))
  } catch {
    return null
  }
}

/** A runner with a report: its numbers, and one failure more when the report and the exit code disagree. */
function judge(name, report, { code, output }) {
  const result = report ?? { passed: 0, failed: 0, skipped: [], failures: [] }
  const ran = result.passed + result.failed + result.skipped.length
  const wrong = !report
    ? 'it ended without a report'
    : ran === 0
      ? 'it ran no test'
      : code !== 0 && result.failed === 0
        ? `it ended with exit code ${code}`
        : null
  if (!wrong) return result
  console.log(
    output
      .trim()
      .split('\n')
      .slice(-40)
      .map((line) => `  ${line}`)
      .join('\n'),
  )
  return { ...result, failed: result.failed + 1, failures: [...result.failures, `${name}: ${wrong}`] }
}

const vitest = (name, args) => async () => {
  const file = path.join(folder, `${name}.json`)
  const ended = await tool('vitest', ['run', ...args, '--reporter', path.join(root, 'scripts/vitest-reporter.mjs')], {
    show: true,
    minutes: 25,
    env: { GLASSBOX_REPORT: file },
  })
  return judge(name, readReport(file), ended)
}

/** Why a run of a test failed, in a line: the last lines of a whole run are often all that is kept of it. */
const whyOf = (run) =>
  stripVTControlCharacters(String(run?.error?.message ?? run?.status))
    .split('\n')
    .slice(0, 6)
    .map((line) => line.trim())
    .join(' / ')

/** Playwright's JSON: suites of suites of specs of tests. */
function readPlaywright(json) {
  if (!json) return null
  const result = { passed: 0, failed: 0, skipped: [], failures: [] }
  const visit = (suite, at) => {
    for (const spec of suite.specs ?? []) {
      for (const test of spec.tests) {
        const name = [...at, spec.title].join(' > ')
        const seconds = test.results.reduce((sum, { duration }) => sum + duration, 0) / 1000
        if (seconds > 20) console.log(`  ${name} took ${seconds.toFixed(1)} s`)
        if (test.status === 'expected') result.passed++
        else if (test.status === 'flaky') {
          result.passed++
          total.flaky.push(`${name}: ${whyOf(test.results[0])}`)
        } else if (test.status === 'skipped') {
          const marked = test.annotations.find(({ type }) => ['skip', 'fixme'].includes(type))
          // Playwright calls a test skipped, too, that it did not come to, or was stopped in
          if (!marked) {
            result.failed++
            result.failures.push(`${name}: it did not run to its end; Playwright was stopped before`)
          } else result.skipped.push({ name, reason: marked.description ?? 'no reason given' })
        } else {
          result.failed++
          result.failures.push(`${name}: ${whyOf(test.results.at(-1))}`)
        }
      }
    }
    for (const inner of suite.suites ?? []) visit(inner, [...at, inner.title])
  }
  for (const suite of json.suites ?? []) visit(suite, [suite.title])
  return result
}

/** One log over the whole run, of what each test's watch counted (e2e/harness.ts). */
function countRequests(json) {
  const counts = { requests: 0, foreign: 0, tests: 0 }
  const visit = (suite) => {
    for (const { results } of (suite.specs ?? []).flatMap(({ tests }) => tests)) {
      for (const { description } of results.flatMap(({ annotations }) => annotations ?? [])) {
        const [, requests, foreign] = /^(\d+) (\d+)$/.exec(description ?? '') ?? []
        if (requests === undefined) continue
        counts.requests += Number(requests)
        counts.foreign += Number(foreign)
        counts.tests++
      }
    }
    for (const inner of suite.suites ?? []) visit(inner)
  }
  for (const suite of json?.suites ?? []) visit(suite)
  console.log(`   privacy: ${counts.requests} requests in ${counts.tests} tests, ${counts.foreign} foreign`)
}

async function e2e() {
  const file = path.join(folder, 'e2e.json')
  const ended = await tool('playwright', ['test', '--reporter', 'line,json'], {
    show: true,
    minutes: 25,
    env: {
      PLAYWRIGHT_JSON_OUTPUT_FILE: file,
      GLASSBOX_PORT: String(await freePort()),
      GLASSBOX_TRAP_PORT: String(await freePort()),
    },
  })
  const report = readReport(file)
  countRequests(report)
  return judge('e2e', readPlaywright(report), ended)
}

const steps = {
  types: check('types', 'tsc', ['-p', '.']),
  lint: check('lint', 'oxlint', ['--type-aware', '--report-unused-disable-directives', '--deny-warnings']),
  format: check('format', 'oxfmt', ['--check']),
  licences: check('licences', 'node', ['scripts/notices.mjs', '--check']),
  rules: vitest('rules', ['--project', 'rules']),
  unit: vitest('unit', ['--project', 'unit', '--project', 'alone']),
  browser: vitest('browser', ['--project', 'browser']),
  build: check('build', 'vite', ['build', '--logLevel', 'warn']),
  size: check('size', 'node', ['scripts/size.mjs', '--check']),
  e2e,
}

/** They share no file that any of them writes, and each leaves a core idle part of its time. */
const together = new Set(['types', 'lint', 'format', 'licences'])

async function timed(name) {
  const start = Date.now()
  const result = await steps[name]().catch((error) => {
    console.log(error)
    return { passed: 0, failed: 1, skipped: [], failures: [`${name}: ${error.message}`] }
  })
  return { ...result, seconds: (Date.now() - start) / 1000 }
}

/** What has to be there first: packages and a Chrome. */
function prepare(chosen) {
  ensureNode()
  ensureInstall()
  if (!['browser', 'e2e'].some((name) => chosen.includes(name))) return
  process.env.CHROME_PATH = ensureChrome()
  console.log(`${chromeVersion(process.env.CHROME_PATH)}, Node ${process.versions.node}`)
}

main(async () => {
  const { values } = readOptions(import.meta.url, { options: { only: { type: 'string' } } })
  const chosen = values.only?.split(',') ?? Object.keys(steps)
  const unknown = chosen.find((name) => !(name in steps))
  if (unknown) throw new Problem(`There is no step "${unknown}"; the steps are ${Object.keys(steps).join(', ')}.`)
  try {
    prepare(chosen)
  } catch (error) {
    console.log(`${error.message}\n0 passed, 1 failed`)
    process.exit(1)
  }
  const begun = new Map(chosen.filter((name) => together.has(name)).map((name) => [name, timed(name)]))
  for (const name of chosen) {
    console.log(`\n== ${name}`)
    const { passed, failed, skipped, failures, shown, seconds } = await (begun.get(name) ?? timed(name))
    if (shown) console.log(shown)
    console.log(
      `   ${name}: ${passed} passed, ${failed} failed${skipped.length ? `, ${skipped.length} skipped` : ''} (${seconds.toFixed(1)} s)`,
    )
    total.passed += passed
    total.failed += failed
    total.skipped.push(...skipped)
    total.failures.push(...failures)
  }
  rmSync(folder, { recursive: true, force: true })
  console.log('')
  for (const name of total.flaky) console.log(`FLAKY, passed when run again: ${name}`)
  for (const name of total.failures) console.log(`FAILED: ${name}`)
  for (const { name, reason } of total.skipped) {
    console.log(`${reason.startsWith('UNRUN') ? reason : `UNRUN: ${reason}`}  [${name}]`)
  }
  console.log(
    `${total.passed} passed, ${total.failed} failed${total.skipped.length ? `, ${total.skipped.length} skipped` : ''}`,
  )
  process.exit(total.failed > 0 || total.passed === 0 ? 1 : 0)
})

for (const signal of ['SIGINT', 'SIGTERM']) {
  process.on(signal, () => {
    endRunning()
    process.exit(130)
  })
}

// Vitest's results for scripts/test.mjs: one line per file that is slow or not
// green, every failure in full, and a JSON file ($GLASSBOX_REPORT) with counts and the
// reasons of skipped tests, which vitest's own JSON leaves out.
import { writeFileSync } from 'node:fs'

const plain = (text) => String(text ?? '').replace(/\u001b\[[\d;]*m/g, '')

export default class Reporter {
  report = { passed: 0, failed: 0, skipped: [], failures: [] }

  fail(name, errors) {
    this.report.failed++
    this.report.failures.push(`${name}: ${plain(errors?.[0]?.message).split('\n').slice(0, 3).join(' / ')}`)
    console.log(`  FAIL ${name}`)
    for (const { message, diff, stacks } of errors ?? []) {
      const place = stacks?.[0] ? `\nat ${stacks[0].file}:${stacks[0].line}` : ''
      console.log(
        plain(`${message}${diff ? `\n${diff}` : ''}${place}`)
          .split('\n')
          .slice(0, 40)
          .map((line) => `       ${line}`)
          .join('\n'),
      )
    }
  }

  /** Written after every file: a run that is stopped has reported what it had. */
  write() {
    if (process.env.GLASSBOX_REPORT) writeFileSync(process.env.GLASSBOX_REPORT, JSON.stringify(this.report))
  }

  onTestModuleEnd(module) {
    const file = module.relativeModuleId ?? module.moduleId
    for (const test of module.children.allTests()) {
      const { state, errors, note } = test.result()
      const name = `${file} > ${test.fullName}`
      if (state === 'passed') this.report.passed++
      else if (state === 'failed') this.fail(name, errors)
      else this.report.skipped.push({ name, reason: note ?? 'no reason given' })
    }
    // A file that cannot be loaded has no tests; it is a failure all the same.
    const broken = [...module.errors(), ...[...module.children.allSuites()].flatMap((suite) => suite.errors())]
    if (broken.length) this.fail(file, broken)
    const { duration } = module.diagnostic()
    if (duration > 10_000) console.log(`  ${file} took ${(duration / 1000).toFixed(1)} s`)
    this.write()
  }

  /** Which drivers the kernels ran on. */
  onUserConsoleLog({ content }) {
    if (content.startsWith('driver: ')) console.log(`  ${content.trim()}`)
  }

  onTestRunEnd(_modules, unhandled) {
    if (unhandled.length) this.fail('an error outside of any test', unhandled)
    this.write()
  }
}

// The agent with a model that was taught tools: its own calls, run, refused, stopped. And with storyteller, which was not: a letter that gives orders makes nothing run without a click, what
// the model chose opens in Probabilities with the run's own numbers, and a run comes back from its file without a model.

import { readFile } from 'node:fs/promises'
import { accessibility, expect, openReady, test } from './harness.ts'
import { overlaps } from './overlaps.ts'

test('a run waits for a click, its choices open, and it comes back from a file', async ({ page }) => {
  await openReady(page, { lang: 'en', panel: 'agent' })
  const panel = page.getByTestId('agent-panel')
  await expect(page.getByTestId('agent-untaught')).toBeVisible()
  // a call and an answer of 250 tokens and the prompt are more than its memory holds
  await page.getByText('How it runs').click()
  await page.getByTestId('agent-turnTokens').fill('250')
  await expect(page.getByTestId('agent-room')).toContainText('512')
  await page.getByTestId('agent-turnTokens').fill('16')
  await expect(page.getByTestId('agent-room')).toHaveCount(0)
  await page.getByTestId('agent-steps').fill('1')
  await page.getByText('How it runs').click()
  await page.getByTestId('agent-demo-start').press('Enter')
  await expect(panel).toHaveAttribute('data-phase', 'consent')
  await expect(page.getByTestId('agent-status')).toContainText('search_my_documents')
  // what waits has the keys
  await expect(page.getByTestId('agent-consent')).toBeFocused()
  await expect(page.getByTestId('agent-result')).toHaveCount(0)
  await page.keyboard.press('Tab')
  await page.keyboard.press('Enter')
  await expect(page.getByTestId('agent-result')).toContainText('<|im_end|>')
  await expect(panel).toHaveAttribute('data-end', 'steps', { timeout: 30_000 })
  await expect(page.getByTestId('agent-demo-count')).toHaveAttribute('data-ran', '0')
  await page.getByText('The chain of a step').click()
  await page.getByTestId('agent-choice-begin').locator('summary').click()
  expect(await accessibility(page)).toEqual([])
  await page.setViewportSize({ width: 390, height: 844 })
  expect(await overlaps(page, '[data-testid=agent-panel]')).toEqual([])

  const saved = page.waitForEvent('download')
  await page.getByTestId('agent-save').click()
  const path = await (await saved).path()
  const share = await page.getByTestId('agent-choice-begin').getAttribute('data-share')
  await page.getByTestId('agent-open-begin').press('Enter')
  await expect(page.getByTestId('probabilities-panel')).toBeVisible()
  const { runs } = JSON.parse(await readFile(path, 'utf8')) as { runs: ({ prompt: number[] } | null)[] }
  // behind "Thought:" stands the word that was opened
  const at = Number(await page.getByTestId('probabilities-panel').getAttribute('data-position'))
  expect(at).toBeGreaterThan(runs[1]!.prompt.length)

  await page.goto('./?lang=zh#/agent')
  await page.getByTestId('agent-file').setInputFiles(path)
  await expect(panel).toHaveAttribute('data-end', 'steps')
  await expect(page.getByTestId('agent-choice-begin')).toHaveAttribute('data-share', share!)
  await expect(page.getByTestId('agent-call')).toHaveAttribute('data-consent', 'once')
})

test('a model that was taught tools calls them in its own form: run, refused, not offered, stopped', async ({
  page,
}) => {
  await openReady(page, { lang: 'zh', model: 'caller', panel: 'agent' })
  const panel = page.getByTestId('agent-panel')
  const begin = async (task: string) => {
    await page.getByTestId('agent-task').fill(task)
    await page.keyboard.press('Enter')
  }
  await expect(page.getByTestId('agent-untaught')).toHaveCount(0)
  await begin('12加30等于多少？')
  await expect(panel).toHaveAttribute('data-phase', 'consent')
  await expect(page.getByTestId('agent-call')).toContainText('12+30')
  await expect(page.getByTestId('agent-result')).toHaveCount(0)
  // which tokens chose to call, which tool, and with what
  for (const choice of ['act', 'tool', 'arguments']) {
    await expect(page.getByTestId(`agent-choice-${choice}`)).toBeVisible()
  }
  await page.getByTestId('agent-once').click()
  await expect(panel).toHaveAttribute('data-end', 'answered')
  await expect(page.getByTestId('agent-result')).toHaveText('12+30 = 42')
  await expect(page.getByTestId('agent-answer')).toContainText('结果是 42。')
  await page.getByTestId('agent-choice-tool').locator('summary').click()
  await page.getByTestId('agent-open-tool').click()
  await expect(page.getByTestId('probabilities-panel')).toBeVisible()
  await page.goBack()

  await begin('What time is it in Tokyo?')
  await expect(page.getByTestId('agent-call')).toContainText('Asia/Tokyo')
  await page.getByTestId('agent-refuse').click()
  await expect(page.getByTestId('agent-answer')).toContainText('Then I cannot say.')
  await expect(page.getByTestId('agent-result')).toHaveCount(0)
  await page.getByText('运行方式').click()
  await page.getByTestId('agent-tool-note').uncheck()
  await begin('Note: buy milk')
  await expect(page.getByTestId('agent-answer')).toContainText('I have no tool for that.')
  await begin('What is 6 times 7?')
  await expect(panel).toHaveAttribute('data-phase', 'consent')
  await page.getByTestId('agent-stop').click()
  await expect(panel).toHaveAttribute('data-end', 'stopped')
  // where it broke off
  await expect(panel.locator('[aria-current=step][data-broken=true]')).toHaveText('等你点头')
})

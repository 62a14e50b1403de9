// The chat with models that are no chat models: their own texts to start with, plain text, one source for each answer;
// the prompt format and the tools of a model, and the calls of an answer.

import { readFileSync } from 'node:fs'
import { accessibility, ask, expect, hooks, openReady, test } from './harness.ts'

test('models that are no chat models: experts go on with a text, an encoder–decoder reads each message by itself, a recurrent one has nothing to attend with', async ({
  page,
}) => {
  const loadBeside = async (id: string): Promise<void> => {
    await hooks.nav(page, 'models').click()
    await hooks.modelCard(page, id).getByTestId('load-model').click()
    await expect(hooks.modelCard(page, id)).toHaveAttribute('data-state', 'loaded')
    await hooks.nav(page, 'chat').click()
    await page.getByTestId('new-chat').click()
    await expect(hooks.answers(page)).toHaveCount(0)
  }
  await test.step('a model that goes on with a text: its number is no list, and its experts are one press away', async () => {
    await openReady(page, { model: 'experts' })
    await expect(page.getByTestId('see-experts')).toHaveAttribute('href', '#/inside')
    await expect(page.getByTestId('starter')).toHaveText(['Lily was in', '3 + 4 =', '5 6 7'])
    expect(await accessibility(page)).toEqual([])
    await page.getByTestId('starter').nth(1).click()
    const answer = hooks.answers(page).first()
    await expect(answer).toHaveAttribute('data-streaming', 'false')
    expect(await answer.innerText()).toMatch(/^7\./)
    await expect(page.getByTestId('hint-inside')).toContainText('experts')
    // words of plain text can be pressed, too
    await page.getByTestId('answer-keys').press('Enter')
    await expect(page.locator('[data-token-card]')).toBeVisible()
  })
  await test.step('an encoder–decoder reads each message by itself; a recurrent model has nothing to attend with', async () => {
    await hooks.language(page).click()
    await loadBeside('translator')
    await expect(page.getByTestId('see-source')).toBeVisible()
    expect(await ask(page, 'reverse: 1 2 3')).toBe('3 2 1')
    expect(await ask(page, 'reverse: 1 2 3 4 5 6 7')).toBe('7 6 5 4 3 2 1')
    await hooks.language(page).click()
    await loadBeside('recurrent')
    await expect(page.getByTestId('see-state')).toBeVisible()
    await expect(page.getByTestId('see-attention')).toHaveCount(0)
    await page.getByTestId('starter').first().click()
    await expect(hooks.answers(page)).toHaveAttribute('data-streaming', 'false')
    await expect(page.getByTestId('hint-inside')).toBeVisible()
    for (const hint of ['hint-why', 'hint-lens']) await expect(page.getByTestId(hint)).toHaveCount(0)
  })
})

test('the prompt format is chosen in the settings, kept for its model, and taken back; calls wait for a click: one runs, one is refused, and the model goes on with both', async ({
  page,
}) => {
  await openReady(page)
  await test.step('the prompt format is chosen in the settings, kept for its model, and taken back', async () => {
    await page.getByTestId('open-settings').click()
    const format = page.getByTestId('prompt-format')
    await expect(format.locator('option:checked')).toContainText('own template')
    await format.selectOption('Text')
    await expect(page.getByTestId('format-own')).toBeVisible()
    await page.getByText('Tools it may call').first().click()
    const tools = page.getByTestId('tools')
    await tools.fill('{"no": "list"}')
    await expect(page.getByTestId('tools-wrong')).toBeVisible()
    expect(await accessibility(page)).toEqual([])
    await tools.fill('[{"type":"function","function":{"name":"weather"}}]')
    await expect(page.getByTestId('tools-wrong')).toHaveCount(0)
    // a text without a format has no place for tools: refused by name, and what was asked stays
    await hooks.composer(page).fill('Lily was in')
    await hooks.composer(page).press('Enter')
    await expect(hooks.error(page)).toContainText('tools')
    await tools.fill('')
    await page.getByTestId('regenerate').click()
    await expect(hooks.answers(page).last()).toHaveAttribute('data-streaming', 'false')
    await expect(hooks.error(page)).toHaveCount(0)
    await page.reload()
    await expect(hooks.status(page)).toHaveAttribute('data-state', 'ready')
    await page.getByTestId('open-settings').click()
    await expect(format).toHaveValue('Text')
    await page.getByTestId('format-own').getByRole('button').click()
    await expect(format).toHaveValue('auto')
  })
  await page.getByTestId('open-settings').click()
  await page.getByTestId('new-chat').click()
  await expect(hooks.answers(page)).toHaveCount(0)
  await test.step('calls wait for a click: one runs, one is refused, and the model goes on with both', async () => {
    const folder = 'public/models/storyteller'
    const files = ['config.json', 'model.safetensors', 'tokenizer.json', 'generation_config.json'].map((name) => ({
      ...{ name, mimeType: '', buffer: readFileSync(`${folder}/${name}`) },
    }))
    const config = JSON.parse(readFileSync(`${folder}/tokenizer_config.json`, 'utf8')) as { chat_template: string }
    // a template with a place for tools, which teaches calls as Qwen's does
    config.chat_template = `{% for tool in tools %}{{ tool.function.name + ' <tool_call>' }}{% endfor %}${config.chat_template}`
    await page.getByTestId('open-settings').click()
    await page.getByText('Tools it may call').first().click()
    await expect(page.getByTestId('tools-none')).toContainText('has no place for tools')
    await expect(page.getByTestId('tool-calculator')).toBeDisabled()
    await hooks.nav(page, 'models').click()
    await hooks
      .fileInput(page)
      .first()
      .setInputFiles([
        ...files,
        { name: 'tokenizer_config.json', mimeType: '', buffer: Buffer.from(JSON.stringify(config)) },
      ])
    await page.getByTestId('pending-model').getByTestId('load-model').click()
    await expect(hooks.modelSelect(page)).toHaveValue(/^file:/)
    await expect(hooks.status(page)).toHaveAttribute('data-state', 'ready')
    await hooks.nav(page, 'chat').click()
    await page.getByTestId('open-settings').click()
    await page.getByText('Tools it may call').first().click()
    await page.getByTestId('tool-calculator').check()
    await page.getByTestId('random-seed').uncheck()
    await expect(page.getByTestId('tools')).toHaveValue(/"calculator"/)
    await expect(page.getByTestId('tools-none')).toHaveCount(0)
    expect(await accessibility(page)).toEqual([])
    await page.keyboard.press('Escape')

    const args = JSON.stringify({ city: '<img src=x onerror=alert(1)>', days: 2 })
    const calls = [
      { name: 'get_weather', args },
      { name: 'calculator', args: '{"expression":"6*7"}' },
    ]
    const turns = [
      { id: 'q', role: 'user', content: 'Weather?', state: 'done', tokens: 0, at: 1 },
      { id: 'a', parent: 'q', role: 'assistant', content: 'Let me see.', state: 'done', tokens: 0, at: 2, calls },
    ]
    const body = { version: 2, system: '', own: {}, banned: [], leaf: 'a' }
    const file = { glassbox: 'chats', version: 2, chats: [{ id: 'c', title: 'Calls', updatedAt: 5, body, turns }] }
    await page.getByTestId('open-history').click()
    await page
      .getByTestId('import-chats')
      .setInputFiles({ name: 'chats.json', mimeType: 'application/json', buffer: Buffer.from(JSON.stringify(file)) })
    await page.getByRole('button', { name: 'Calls', exact: false }).first().click()
    const list = page.getByTestId('tool-calls')
    await expect(list).toContainText('get_weather')
    await expect(list.getByRole('row').nth(1)).toHaveText(/city.*<img src=x onerror=alert\(1\)>/)
    await expect(list.locator('img')).toHaveCount(0)
    await expect(page.getByTestId('call-unknown')).toBeVisible()
    expect(await accessibility(page)).toEqual([])
    await page.getByTestId('call-refuse').click()
    const results = page.getByTestId('message-tool')
    await expect(results.first()).toHaveAttribute('data-outcome', 'refused')
    await expect(hooks.answers(page)).toHaveCount(1)
    await page.getByTestId('call-once').click()
    await expect(results.nth(1)).toContainText('6*7 = 42')
    await expect(hooks.answers(page)).toHaveCount(2)
    await expect(hooks.answers(page).nth(1)).toHaveAttribute('data-streaming', 'false')
    await expect(hooks.error(page)).toHaveCount(0)

    // the answer, and the chat with its result, into the clipboard
    await page.context().grantPermissions(['clipboard-read', 'clipboard-write'])
    await page.getByTestId('open-copy-as').last().click()
    const copied = async (way: string): Promise<string> => {
      await page.evaluate(() => navigator.clipboard.writeText(''))
      await page.getByTestId(`copy-${way}`).click()
      await expect.poll(() => page.evaluate(() => navigator.clipboard.readText())).not.toBe('')
      return page.evaluate(() => navigator.clipboard.readText())
    }
    expect(await copied('text')).toBe((await hooks.answers(page).last().innerText()).replaceAll('\r', ''))
    expect(await copied('chatMarkdown')).toContain('```\n6*7 = 42\n```')
    const [ids, all] = [JSON.parse(await copied('ids')) as number[], JSON.parse(await copied('chatIds')) as number[]]
    expect(ids.length).toBeGreaterThan(0)
    expect(all.slice(-ids.length)).toEqual(ids)
    expect(all.length).toBeGreaterThan(ids.length)
    await page.reload()
    await expect(results).toHaveText([/refused/, /6\*7 = 42/])
    await expect(page.getByTestId('call-once')).toHaveCount(0)
    expect(await accessibility(page)).toEqual([])
  })
})

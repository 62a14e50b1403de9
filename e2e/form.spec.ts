// An answer that is held to a form: asked for in the settings, shown beside the answer, and what it took in the panel.

import { ask, expect, openReady, test } from './harness.ts'

const schema = {
  type: 'object',
  properties: { who: { enum: ['Tom', 'Mia'] }, age: { type: 'integer', minimum: 1, maximum: 12 } },
  required: ['who', 'age'],
  additionalProperties: false,
}

test('a schema is typed, wrong and right, and the answer is a value of it', async ({ page }) => {
  await openReady(page)
  await page.getByTestId('open-settings').click()
  await page.getByTestId('form-kind').getByRole('radio', { name: 'JSON schema' }).check({ force: true })
  const text = page.getByTestId('form-text'),
    wrong = page.getByTestId('form-wrong')
  await expect(page.getByTestId('form-empty')).toBeVisible()
  await text.fill('{"type": ')
  await expect(wrong).toContainText('no JSON')
  await text.fill('{"properties": {"a": {"uniqueItems": true}}}')
  await expect(wrong).toContainText('/properties/a: “uniqueItems” is not computed with')
  await text.fill(JSON.stringify(schema))
  await expect(wrong).toHaveCount(0)

  const answer = await ask(page, 'Tom found a red ball. Who found the ball?')
  const value = JSON.parse(answer) as Record<string, unknown>
  expect(Object.keys(value).sort()).toEqual(['age', 'who'])
  expect(['Tom', 'Mia']).toContain(value['who'])
  await expect(page.getByTestId('answer-form')).toHaveText('Held to: JSON schema · whole')

  await page.evaluate(() => {
    location.hash = '#/probabilities'
  })
  const column = page.getByTestId('form-column')
  await expect(column).toContainText(/out, \d/)
  await expect(page.getByTestId('pipeline-table').locator('tr[data-removed="form"]').first()).toBeVisible()
  await expect(
    page.getByText(/The mask of the answer’s form removed .+ % of the model’s own probability/),
  ).toBeVisible()

  // kept with the chat
  await page.evaluate(() => {
    location.hash = '#/chat'
  })
  await page.reload()
  await page.getByTestId('open-settings').click()
  await expect(page.getByTestId('form-text')).toHaveValue(JSON.stringify(schema))
  await expect(page.getByTestId('answer-form')).toHaveText('Held to: JSON schema · whole')
})

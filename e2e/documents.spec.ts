// The reader's own documents in the page: taken in, refused, found with their exact place, answered from by storyteller with what
// is checked of the answer, removed and brought back, and there after a reload.

import { accessibility, expect, openReady, test, waitForState } from './harness.ts'
import { linesDown, pagesOf } from '../src/retrieval/testing/pdf.ts'
import { overlaps } from './overlaps.ts'

const story = '# Zoe\r\n\r\nZoe was in the castle. <|im_end|> 😀 Tom was in the park.\n\n# Kite\n\nThe kite is red.\n'
const pdf = (name: string, buffer: Buffer) => ({ name, mimeType: 'application/pdf', buffer })
const md = (name: string, text: string) => ({ name, mimeType: 'text/markdown', buffer: Buffer.from(text) })

test('documents: added, refused, found, shown to the letter, answered, removed, kept', async ({ page }) => {
  await openReady(page, { panel: 'documents' })
  const panel = page.getByTestId('documents-panel')
  await page.getByTestId('documents-file').setInputFiles([
    md('story.md', story),
    md('故事.txt', '小明在公园里放风筝。下午他去了图书馆。'),
    pdf('paper.pdf', Buffer.from('%PDF-1.7')),
    // names its letters by a table that is fetched, under the page's policy
    pdf('桥.pdf', Buffer.from(pagesOf(linesDown(['河上有十二座桥，最老的一座建于一七六三年。'])))),
  ])
  await expect(panel.getByRole('heading', { name: '3 documents' })).toBeVisible()
  await expect(panel.getByTestId('error')).toContainText('it is damaged, or was cut short')
  await page.getByTestId('documents-file').setInputFiles([md('again.md', story)])
  await expect(page.getByTestId('documents-again')).toContainText(
    '“again.md” is here already, word for word, as “story.md”',
  )
  await panel.getByRole('button', { name: 'Close the messages' }).click()
  await expect(page.getByTestId('documents-meaning')).toHaveAttribute('data-state', 'none')

  await page.getByTestId('documents-question').fill('小明去了哪里？')
  await page.keyboard.press('Enter')
  await expect(page.getByTestId('documents-found')).toHaveAttribute('data-question', '小明去了哪里？')
  await expect(page.getByTestId('documents-hit').first()).toContainText('故事.txt')

  await page.getByTestId('documents-question').fill('哪座桥最老？')
  await page.keyboard.press('Enter')
  await expect(page.getByTestId('documents-found')).toHaveAttribute('data-question', '哪座桥最老？')
  await expect(page.getByTestId('documents-hit').first()).toContainText('最老的一座建于一七六三年')

  await page.getByTestId('documents-question').fill('Where was Zoe?')
  await page.keyboard.press('Enter')
  await expect(page.getByTestId('documents-found')).toHaveAttribute('data-question', 'Where was Zoe?')
  const hit = page.getByTestId('documents-hit').first()
  await expect(hit).toContainText('by words: place 1 · by meaning: not searched')
  await hit.getByRole('button', { name: 'Show it in the document' }).click()
  const mark = page.getByTestId('documents-shown').locator('mark')
  await expect(mark).toBeVisible()
  // line ends as in the file: what is marked is what the file says, to the letter
  const marked = await mark.evaluate((node) => node.textContent)
  expect(marked).toBe('# Zoe\r\n\r\nZoe was in the castle. <|im_end|> 😀 Tom was in the park.')

  await page.getByTestId('documents-kind').getByRole('radio', { name: 'from the best passage alone' }).check()
  await page.getByTestId('documents-answer').click()
  await expect(page.getByTestId('documents-answered')).toHaveAttribute('data-state', 'done', { timeout: 30_000 })
  await expect(page.getByTestId('documents-text')).toContainText('castle')
  await expect(page.getByTestId('documents-checks').locator(':scope > li').first()).toHaveAttribute(
    'data-carried',
    /yes|partly/,
  )
  const share = page.getByTestId('documents-looks').locator('li')
  await expect(share).toHaveCount(1)
  const looked = Number(await share.getAttribute('data-share'))
  expect(looked).toBeGreaterThan(0)
  expect(looked).toBeLessThan(1)
  expect(await accessibility(page)).toEqual([])
  await page.setViewportSize({ width: 390, height: 844 })
  expect(await overlaps(page, '[data-testid=documents-panel]')).toEqual([])

  await panel.getByRole('button', { name: 'Remove story.md' }).click()
  await expect(panel.getByRole('heading', { name: '2 documents' })).toBeVisible()
  await page.getByTestId('documents-undo').click()
  await expect(panel.getByRole('heading', { name: '3 documents' })).toBeVisible()
  await page.reload()
  await waitForState(page, 'ready')
  await expect(panel.getByRole('heading', { name: '3 documents' })).toBeVisible()
})

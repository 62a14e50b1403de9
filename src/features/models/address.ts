// What people paste: "owner/name", a Hugging Face page, or any URL → where a model comes from.

import type { ModelOrigin } from '../../store/index.ts'

const part = '[A-Za-z0-9][A-Za-z0-9._-]*'
const repoName = new RegExp(`^${part}/${part}$`)

/** null: neither a repository nor an http(s) address. */
export function readAddress(text: string, host: string): ModelOrigin | null {
  const address = text.trim()
  if (repoName.test(address)) return { kind: 'hub', repo: address, host }
  let url: URL
  try {
    url = new URL(address)
  } catch {
    return null
  }
  if (url.protocol !== 'https:' && url.protocol !== 'http:') return null
  if (/^(www\.)?(huggingface\.co|hf\.co|hf-mirror\.com)$/.test(url.hostname)) {
    const [owner, name, view, revision, ...rest] = url.pathname.split('/').filter((piece) => piece !== '')
    if (!owner || !name || !repoName.test(`${owner}/${name}`)) return null
    const file = rest.join('/')
    return {
      kind: 'hub',
      repo: `${owner}/${name}`,
      host: url.hostname === 'hf-mirror.com' ? url.origin : host,
      ...(view && revision && { revision }),
      ...((view === 'blob' || view === 'resolve') && file.endsWith('.gguf') && { file: decodeURIComponent(file) }),
    }
  }
  return { kind: 'url', url: url.href }
}

// A name that someone else chose (of a model, a file, a chat): it cannot turn round what stands beside it.

import { plainName } from './plain-name.ts'

export function Name({ children }: { children: string }) {
  return <bdi>{plainName(children)}</bdi>
}

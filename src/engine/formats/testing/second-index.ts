// A second reader of model.safetensors.index.json: which file holds which tensor, by JSON.parse and the rules one by one.

import { tree, type Node } from './second-safetensors.ts'
import { Broken, need, verdict, type Verdict } from './verdict.ts'

export const secondIndex = (text: string): Verdict =>
  verdict(() => {
    try {
      JSON.parse(text)
    } catch {
      throw new Broken('no JSON')
    }
    const members = (node: Node | undefined, what: string): [string, Node][] => {
      if (!node || !('object' in node)) throw new Broken(what)
      return node.object
    }
    const root = members(tree(text), 'no object')
    const map = members(root.find(([key]) => key === 'weight_map')?.[1], 'no map')
    need(map.length > 0, 'an empty map')
    return map
      .map(([tensor, file]) => {
        need(tensor.length <= 1024, 'a long name')
        if (!('string' in file)) throw new Broken('a file that is no text')
        const name = file.string
        need(name.length <= 1024, 'a long file name')
        // where a page would fetch it: below the model's own folder, under the very name
        const base = 'https://host/owner/model/'
        need(
          [...name].every((char) => /[A-Za-z0-9._/-]/.test(char)),
          'a character of no file name',
        )
        need(
          name.split('/').every((part) => part !== '' && part !== '.' && part !== '..'),
          'a path that leads elsewhere',
        )
        need(new URL(name, base).href === base + name, 'an address that is not below the model')
        return JSON.stringify([tensor, name])
      })
      .join('\n')
  })

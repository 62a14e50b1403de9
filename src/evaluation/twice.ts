// JSON.parse takes the last of two fields of one name and says nothing: what a person wrote in the first would be lost.

/** The first name that stands twice in one object, at any depth; null: none does. @param json a text that JSON.parse takes */
export function twiceIn(json: string): string | null {
  // the names of each object that is open; of a list there are none
  const open: Set<string>[] = []
  for (let at = 0; at < json.length; at++) {
    const sign = json[at]
    if (sign === '{' || sign === '[') open.push(new Set())
    else if (sign === '}' || sign === ']') open.pop()
    else if (sign === '"') {
      const from = at++
      while (json[at] !== '"') at += json[at] === '\\' ? 2 : 1
      let next = at + 1
      while (' \t\r\n'.includes(json[next] ?? '-')) next++
      if (json[next] !== ':') continue
      const name = JSON.parse(json.slice(from, at + 1)) as string
      const names = open.at(-1)!
      if (names.has(name)) return name
      names.add(name)
    }
  }
  return null
}

// Capitals and small letters as Python's str has them, beyond what JavaScript's own two methods do.

const cased = /\p{Cased}/u,
  ignorable = /\p{Case_Ignorable}/u,
  capital = /\p{Uppercase}/u,
  small = /\p{Lowercase}/u
/** Letters that stand for two, in their three forms: capital, title, small. */
const pairs = ['ǄǅǆǇǈǉǊǋǌǱǲǳ'].flatMap((all) => [...all])

/** The form of one character at the head of a word. */
export function titleOf(character: string): string {
  const code = character.codePointAt(0)!,
    pair = pairs.indexOf(character)
  if (pair >= 0) return pairs[pair - (pair % 3) + 1]!
  // Georgian has capitals, for whole words only
  if (code >= 0x10d0 && code <= 0x10ff) return character
  // Greek with an iota: beside the capital it stays small
  if (code >= 0x1f80 && code <= 0x1faf) return String.fromCodePoint(code | 8)
  if ([0x1fb3, 0x1fbc, 0x1fc3, 0x1fcc, 0x1ff3, 0x1ffc].includes(code)) {
    return String.fromCodePoint(code < 0x1fbc || code === 0x1fc3 || code === 0x1ff3 ? code + 9 : code)
  }
  const [head, ...rest] = character.toUpperCase()
  if (rest.length === 0 || character === 'ŉ') return character.toUpperCase()
  return head! + rest.map((one) => (one === 'Ι' && code >= 0x1f00 ? '\u0345' : one.toLowerCase())).join('')
}

/** The small form of a character; a sigma at the end of a word has one of its own. */
function lowerAt(characters: readonly string[], at: number): string {
  if (characters[at] !== 'Σ') return characters[at]!.toLowerCase()
  const beyond = (step: number): boolean => {
    let i = at + step
    while (i >= 0 && i < characters.length && ignorable.test(characters[i]!)) i += step
    return i >= 0 && i < characters.length && cased.test(characters[i]!)
  }
  return beyond(-1) && !beyond(1) ? 'ς' : 'σ'
}

/** str.capitalize() */
export function capitalized(text: string): string {
  const characters = [...text]
  return characters.map((character, i) => (i === 0 ? titleOf(character) : lowerAt(characters, i))).join('')
}

/** str.title(): every run of letters; the filter title cuts at white space and brackets only. */
export function titled(text: string): string {
  const characters = [...text]
  let inWord = false
  return characters
    .map((character, i) => {
      const made = inWord ? lowerAt(characters, i) : titleOf(character)
      inWord = cased.test(character)
      return made
    })
    .join('')
}

/** str.swapcase() */
export function swapped(text: string): string {
  const characters = [...text]
  return characters
    .map((character, i) =>
      capital.test(character) ? lowerAt(characters, i) : small.test(character) ? character.toUpperCase() : character,
    )
    .join('')
}

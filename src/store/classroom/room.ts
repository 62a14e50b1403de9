// A class is taught in a room: four letters that a person can read out, in the address of a window that follows.

const name = /^[A-Z0-9]{4}$/
/** Without letters that are taken for others. */
const letters = 'ACDEFGHJKLMNPQRTUVWXYZ3479'
/** Four letters that a person can read out. */
export const newRoom = (): string =>
  Array.from(crypto.getRandomValues(new Uint8Array(4)), (n) => letters[n % letters.length]!).join('')
export const isRoom = (text: string): boolean => name.test(text)

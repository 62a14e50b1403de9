// Digits open the tabs.

/** The digit that opens the panel at this place of the list; undefined after the tenth. */
export const keyOf = (index: number): string | undefined => (index < 10 ? String((index + 1) % 10) : undefined)

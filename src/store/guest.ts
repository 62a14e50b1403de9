// A model that is loaded for a while in another one's place, for a comparison: no next visit begins with it.

export const guest: { id: string | null } = { id: null }

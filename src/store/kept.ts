// Small things that outlive a reload: in localStorage, or, where a private window refuses it, as long as the page.

const memory = new Map<string, string>()
export const kept = {
  getItem: (key: string): string | null => {
    try {
      return localStorage.getItem(key)
    } catch {
      return memory.get(key) ?? null
    }
  },
  setItem: (key: string, value: string): void => {
    try {
      localStorage.setItem(key, value)
    } catch {
      memory.set(key, value)
    }
  },
  removeItem: (key: string): void => {
    try {
      localStorage.removeItem(key)
    } catch {
      memory.delete(key)
    }
  },
}

/** Of this tab alone, as long as it is there; a tab that is opened anew begins with what another one left last. */
export const keptInTab = {
  getItem: (key: string): string | null => {
    try {
      return sessionStorage.getItem(key) ?? kept.getItem(key)
    } catch {
      return kept.getItem(key)
    }
  },
  setItem: (key: string, value: string): void => {
    try {
      sessionStorage.setItem(key, value)
    } catch {
      /* the other one may have room */
    }
    kept.setItem(key, value)
  },
}

// The words of the storage room: where a model comes from and what is kept of it. Types only.

/** Where a model's files come from. Plain data: kept in the manifest so that a broken download can go on. */
export type ModelOrigin =
  /**
   * a Hugging Face repository "owner/name"; `file` picks one .gguf of it; `host` for mirrors, default
   * https://huggingface.co
   */
  | { kind: 'hub'; repo: string; revision?: string; host?: string; file?: string; files?: PromisedFile[] }
  /** a .gguf or .safetensors URL, or the URL of a folder with config.json in it */
  | { kind: 'url'; url: string; files?: PromisedFile[] }
  /** files beside this page: the embedded model and /models/local/ */
  | { kind: 'served'; base: string; id?: string; files: { name: string; size?: number; sha256?: string }[] }
  /** copied in from the user's disk: cannot be fetched again */
  | { kind: 'import' }
  /** files that stay where they are on the user's disk: nothing of them is stored */
  | { kind: 'place' }

/** What a list of models says of a file: it is this one, or it is refused. `name` from the repository, or the folder. */
export interface PromisedFile {
  name: string
  size: number
  sha256: string
}

/**
 * One file to fetch. size, sha256 and blob (git's id of the content: SHA-1 of "blob <size>\0" and the bytes) are what
 * the sender promises, when it does.
 */
export interface RemoteFile {
  name: string
  url: string
  size?: number
  sha256?: string
  blob?: string
}

/** What an origin offers before anything is downloaded. */
export interface ModelListing {
  id: string
  name: string
  /** the origin with its revision pinned to a commit */
  origin: ModelOrigin
  files: RemoteFile[]
  /** sum of the known sizes; null when the server does not tell */
  bytes: number | null
  /** .gguf files to choose from: non-empty when `files` is empty because a choice is needed */
  choices: { file: string; bytes: number | null }[]
  licence: string | null
  /** the owner wants a login before download */
  gated: boolean
}

/** One model in the store, as people see it. */
export interface StoredModel {
  id: string
  name: string
  origin: ModelOrigin
  /** sha256 of a whole file: promised by its sender and checked, or, where nobody promised anything, of what came */
  files: { name: string; size: number | null; stored: number; sha256: string | null }[]
  /** nobody promised what the bytes must be: what came is what is here */
  unproven?: true
  /** its description on disk cannot be read: it can only be fetched or added again, or removed */
  damaged?: true
  /** sum of the file sizes, null while a size is unknown */
  bytes: number | null
  /** bytes already here */
  storedBytes: number
  /** only a complete model can be opened */
  complete: boolean
  /** milliseconds since 1970 */
  addedAt: number
  /** when every byte of it was last read and was right, and when it was last loaded; milliseconds since 1970 */
  verifiedAt?: number
  usedAt?: number
}

/** What reading every byte of a stored model found. */
export interface Verified {
  chunks: number
  /** chunks that are not what was stored; from now on they are known as such, and fetched again when asked for */
  bad: number
}

/** What this page keeps in the browser, part by part. */
export interface Inventory {
  parts: {
    kind: 'models' | 'adapters' | 'chats' | 'lessons' | 'teaching' | 'documents' | 'measures' | 'app'
    count: number
    bytes: number
  }[]
  /** what the browser says that it all takes; 0 where it does not say */
  usage: number
}

/** One adapter in the store, as people see it. */
export interface StoredAdapter {
  /** also the name that the engine knows it by */
  id: string
  /** shown to people: the folder's or the file's name */
  name: string
  files: { name: string; size: number }[]
  bytes: number
  /** milliseconds since 1970 */
  addedAt: number
  /** what people call it (LoRA …); null where it cannot be told */
  kind: string | null
  /** the model that it says it was made for; null where it says none */
  base: string | null
  /** it is not whole, or cannot be read: it can only be added again, or removed */
  damaged?: true
  /** told once, of one that was to be added: the same files were stored already, under this name */
  already?: true
}

/** Files that are one adapter. */
export interface AdapterSet {
  name: string
  files: File[]
}

export interface TransferProgress {
  /** the file that moved last */
  file: string
  loaded: number
  /** null while a size is unknown */
  total: number | null
  bytesPerSecond: number
  /** null while unknown */
  secondsLeft: number | null
  /** 'wait' = backing off after a network error; 'offline' = until the browser says that the network is back */
  state: 'list' | 'fetch' | 'copy' | 'check' | 'wait' | 'offline' | 'done'
}

export interface StorageFacts {
  usage: number
  /** what the browser claims; it is not to be trusted as a promise */
  quota: number
  persisted: boolean
  /** bytes of stored models */
  models: number
  /** bytes of stored adapters */
  adapters: number
  /** the database was made by this visit: it was never there, or it is gone */
  created: boolean
  /** a sentinel says that data was here and the browser dropped it */
  evicted: boolean
}

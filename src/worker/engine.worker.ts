// The engine's thread: exposes the host. No decisions here.

import * as Comlink from 'comlink'
import * as engine from '../engine/index.ts'
import { Library } from '../storage/library.ts'
import { proofs } from '../storage/proofs.ts'
import { createHost } from './host.ts'

Comlink.expose(createHost({ ...engine, loadEngine: (source, options) => engine.loadEngine(source, options && { ...options, proofs }) }, new Library()))

// The engine's thread: exposes the host. No decisions here.

import * as Comlink from 'comlink'
import * as engine from '../engine/index.ts'
import { Library } from '../storage/library.ts'
import { createHost } from './host.ts'

Comlink.expose(createHost(engine, new Library()))

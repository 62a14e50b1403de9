// The worker's side of the wall. The engine comes in as an argument, so that tests can put a fake one here.

import type { Library } from '../storage/library.ts'
import { createApi, type EngineDoor } from './api.ts'
import { House } from './house.ts'
import { calls } from './calls.ts'
import { serve } from './serve.ts'
import type { Wire } from './wire.ts'

export function createHost(door: EngineDoor, library: Library, startPdf?: () => Worker): Wire {
  const house = new House(startPdf)
  return serve(calls, (guest) => createApi(door, library, guest, house), house.leave)
}

// This page's client: in its own worker, under its own policies.

import { createClient } from './client.ts'
import { defaultPatience } from './connection.ts'
import type { Client } from './protocol.ts'
import { spawnWorker, underPolicy } from './spawn.ts'
import { meetTabs } from './tabs.ts'

export const pageClient = (): Client => createClient(spawnWorker, defaultPatience, underPolicy, meetTabs)

// Where the tabs of one browser meet: it hands a tab's port to the tab that runs the engine, and knows nothing else. A
// shared worker, because ports do not cross a BroadcastChannel. A tab whose port was handed to a tab that is gone asks
// again (tabs.ts). The browser runs it in the process of the tab that came first, and it ends when that process crashes:
// it holds a lock, so that the others hear of it.

import { holdPulse, newPulse } from './pulse.ts'

/** 'lead': this tab runs the engine now. 'join', with a port: this tab asks for the engine. */
export type ToHub = 'lead' | 'join'
/** 'serve', with a port: let this tab in. Or the lock that the hub holds for as long as it lives. */
export type FromHub = 'serve' | { pulse: string }

const pulse = newPulse()
const alive = holdPulse(pulse)
let leader: MessagePort | null = null
let waiting: MessagePort[] = []

addEventListener('connect', (event) => {
  const [tab] = (event as MessageEvent).ports
  const say = (what: FromHub, ports: MessagePort[] = []): void => tab!.postMessage(what, ports)
  void alive.then((held) => held && say({ pulse }))
  tab!.onmessage = ({ data, ports: [port] }: MessageEvent<ToHub>) => {
    if (data === 'lead') {
      leader = tab!
      for (const one of waiting) say('serve', [one])
      waiting = []
    } else if (port && leader) leader.postMessage('serve' satisfies FromHub, [port])
    else if (port) waiting.push(port)
  }
})

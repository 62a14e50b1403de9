// Where the tabs of one browser meet: it hands a tab's port to the tab that runs the engine, and knows nothing else. A
// shared worker, because ports do not cross a BroadcastChannel. A tab whose port was handed to a tab that is gone asks
// again (tabs.ts).

/** 'lead': this tab runs the engine now. 'join', with a port: this tab asks for the engine. */
export type ToHub = 'lead' | 'join'

let leader: MessagePort | null = null
let waiting: MessagePort[] = []

addEventListener('connect', (event) => {
  const [tab] = (event as MessageEvent).ports
  tab!.onmessage = ({ data, ports: [port] }: MessageEvent<ToHub>) => {
    if (data === 'lead') {
      leader = tab!
      for (const one of waiting) tab!.postMessage('serve', [one])
      waiting = []
    } else if (port && leader) leader.postMessage('serve', [port])
    else if (port) waiting.push(port)
  }
})

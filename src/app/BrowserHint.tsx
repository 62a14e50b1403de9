// How this browser is brought to offer WebGPU; loaded where it offers none and a GPU was asked for.

import { browserKind } from '../i18n/browser.ts'
import { deviceWords } from '../i18n/panels/device.ts'
import { usePanelText } from '../i18n/panels/index.ts'

export default function BrowserHint() {
  return usePanelText(deviceWords).browsers[browserKind(navigator)]
}

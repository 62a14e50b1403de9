// A panel that looks inside a run: it comes with the gate that waits for one (GlassGate.tsx). Neither is loaded before
// such a panel is opened.

import { lazy, type ComponentType } from 'react'

export const glassPanel = (load: () => Promise<{ default: ComponentType }>): ComponentType =>
  lazy(async () => {
    const [{ Gate }, { default: Inner }] = await Promise.all([import('./GlassGate.tsx'), load()])
    return {
      default: () => (
        <Gate>
          <Inner />
        </Gate>
      ),
    }
  })

// The panels, in the order of their tabs. Adding one = one line here, its title in src/i18n, its folder in
// src/features.

import { lazy, type ComponentType } from 'react'
import type { Catalog } from '../i18n/index.tsx'
import type { IconName } from '../ui/icons.tsx'
import { glassPanel } from './glass.tsx'
import { Talk } from './Talk.tsx'

export interface PanelEntry {
  /** the route: #/<id> */
  id: string
  /** key of t.nav */
  title: keyof Catalog['nav']
  icon: IconName
  /** looks inside a run: a recording may stand in for the model */
  glass?: true
  /** is of no use without a model in this tab: not while a server answers */
  model?: true
  /** has no tab of its own: it belongs to the panel with this id, which leads to it */
  under?: string
  /** loaded when first opened */
  Panel: ComponentType
}

export const panels: readonly PanelEntry[] = [
  { id: 'chat', title: 'chat', icon: 'chat', Panel: Talk },
  { id: 'lessons', title: 'lessons', icon: 'lessons', Panel: lazy(() => import('../features/lessons/index.ts')) },
  {
    id: 'attention',
    title: 'attention',
    icon: 'attention',
    glass: true,
    Panel: glassPanel(() => import('../features/attention/index.ts')),
  },
  {
    id: 'probabilities',
    title: 'probabilities',
    icon: 'probabilities',
    glass: true,
    Panel: glassPanel(() => import('../features/probabilities/index.ts')),
  },
  {
    id: 'lens',
    title: 'lens',
    icon: 'lens',
    glass: true,
    Panel: glassPanel(() => import('../features/lens/index.ts')),
  },
  {
    id: 'inside',
    title: 'inside',
    icon: 'inside',
    glass: true,
    Panel: glassPanel(() => import('../features/inside/index.ts')),
  },
  {
    id: 'tokenizer',
    title: 'tokenizer',
    icon: 'tokenizer',
    model: true,
    Panel: lazy(() => import('../features/tokenizer/index.ts')),
  },
  { id: 'models', title: 'models', icon: 'models', Panel: lazy(() => import('../features/models/index.ts')) },
  {
    id: 'adapters',
    title: 'adapters',
    icon: 'adapters',
    model: true,
    Panel: lazy(() => import('../features/adapters/index.ts')),
  },
  { id: 'bench', title: 'bench', icon: 'bench', model: true, Panel: lazy(() => import('../features/bench/index.ts')) },
  {
    id: 'teach',
    title: 'teach',
    icon: 'adapters',
    under: 'adapters',
    model: true,
    Panel: lazy(() => import('../features/teach/index.ts')),
  },
  {
    id: 'compare',
    title: 'compare',
    icon: 'compare',
    under: 'chat',
    model: true,
    Panel: lazy(() => import('../features/compare/index.ts')),
  },
  {
    id: 'complete',
    title: 'complete',
    icon: 'edit',
    under: 'chat',
    Panel: lazy(() => import('../features/complete/index.ts')),
  },
  {
    id: 'documents',
    title: 'documents',
    icon: 'file',
    under: 'chat',
    Panel: lazy(() => import('../features/documents/index.ts')),
  },
  {
    id: 'agent',
    title: 'agent',
    icon: 'chip',
    under: 'chat',
    model: true,
    Panel: lazy(() => import('../features/agent/index.ts')),
  },
  {
    id: 'evaluate',
    title: 'evaluate',
    icon: 'bench',
    under: 'bench',
    model: true,
    Panel: lazy(() => import('../features/evaluate/index.ts')),
  },
  {
    id: 'storage',
    title: 'storage',
    icon: 'models',
    under: 'models',
    Panel: lazy(() => import('../features/storage/index.ts')),
  },
]

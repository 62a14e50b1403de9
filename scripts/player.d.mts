// Types of player.mjs for vite.config.ts.
import type { build, PluginOption } from 'vite'
export const playerBudget: number
export function buildPlayer(
  tools: { build: typeof build; plugins: () => PluginOption[] },
  root: string,
): Promise<Record<'player.html' | 'embed.html', string>>

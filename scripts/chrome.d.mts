// Types of chrome.mjs for the config files.
export function findChrome(): string | undefined
export function softwareVulkan(chrome?: string): Record<string, string>
export function ensureChrome(log?: (line: string) => void): string
export function chromeVersion(chrome: string): string
export function launchArgs(options?: { hardware?: boolean; webgpu?: boolean }): string[]
export const crashArgs: string[]
export const quickShaders: string[]

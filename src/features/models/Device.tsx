// The graphics adapter in words: what it is, what it can, and what a missing part means.

import { useFormats, useT } from '../../i18n/index.tsx'
import { useModels } from '../../store/index.ts'
import { FactList, type Fact } from '../../ui/FactList.tsx'
import { Notice } from '../../ui/Notice.tsx'
import styles from './Side.module.css'

const features = ['shader-f16', 'subgroups', 'timestamp-query'] as const

export function Device() {
  const t = useT()
  const format = useFormats()
  const { adapter, adapterError, active } = useModels()
  if (!adapter) {
    return (
      <section className={styles.section}>
        <h2>{t.device.title}</h2>
        <p>
          {adapterError || active?.state === 'ready' || active?.state === 'failed' ? t.device.none : t.device.asking}
        </p>
      </section>
    )
  }
  const limit = (name: string) => adapter.limits[name]
  const facts: Fact[] = [
    {
      name: t.device.adapter,
      value: [adapter.vendor, adapter.architecture].filter(Boolean).join(' · ') || t.device.unnamed,
      note: adapter.description || undefined,
    },
    ...features.map((name) => ({
      name: t.device.features[name].name,
      value: adapter.features.includes(name) ? t.device.yes : t.device.no,
      note: adapter.features.includes(name) ? undefined : t.device.features[name].without,
    })),
    ...(['maxBufferSize', 'maxStorageBufferBindingSize'] as const)
      .filter((name) => limit(name) !== undefined)
      .map((name) => ({ name: t.device.limits[name], value: format.bytes(limit(name)!) })),
  ]
  const rejected = active?.info?.rejectedKernels ?? []
  return (
    <section className={styles.section} aria-labelledby="device-title">
      <h2 id="device-title">{t.device.title}</h2>
      {(adapter.fallback || adapter.kind === 'software') && (
        <Notice tone="warn" title={t.device.software}>
          {t.device.softwareHint}
        </Notice>
      )}
      <FactList facts={facts} />
      {rejected.length > 0 && (
        <Notice tone="info" title={t.device.rejected(rejected.length)}>
          <code>{rejected.join(', ')}</code>
        </Notice>
      )}
    </section>
  )
}

// What computes and why that, with what was measured; what the browser tells of the graphics chip, or why it offers
// none: told quietly, because the processor computes then.

import { useExplain, useFormats, useT } from '../../i18n/index.tsx'
import { browserKind } from '../../i18n/browser.ts'
import { deviceWords } from '../../i18n/panels/device.ts'
import { ofPace } from '../../i18n/notices.ts'
import { usePanelText } from '../../i18n/panels/index.ts'
import { useNoticeText } from '../../i18n/useNoticeText.ts'
import { useModels, type AdapterFacts, type DeviceFacts, type ErrorData } from '../../store/index.ts'
import { FactList, type Fact } from '../../ui/FactList.tsx'
import { Notice } from '../../ui/Notice.tsx'
import { NoticeList } from '../../ui/NoticeList.tsx'
import { DeviceChoice } from './DeviceChoice.tsx'
import styles from './Side.module.css'

export function Device() {
  const t = usePanelText(deviceWords)
  const noticeText = useNoticeText()
  const { adapter, noGpu, active, started } = useModels()
  const info = active?.state === 'ready' ? active.info : null
  const refused = info?.device?.refused ?? (adapter ? null : noGpu)
  const rejected = info?.rejectedKernels ?? []
  return (
    <section className={styles.section} aria-labelledby="device-title" data-testid="device">
      <h2 id="device-title">{t.title}</h2>
      {info?.device && <Running device={info.device} />}
      <NoticeList
        title={t.pace}
        items={(info?.notices ?? []).filter(({ code }) => ofPace.has(code)).map(noticeText)}
        testId="pace-notices"
      />
      <DeviceChoice />
      <h3>{t.graphics}</h3>
      {refused ? (
        <Refused error={refused} running={info?.device?.kind === 'cpu'} />
      ) : adapter ? (
        <Adapter adapter={info?.adapter ?? adapter} used={info?.device?.kind === 'gpu' ? info.device.why : null} />
      ) : (
        <p>{started ? t.unnamed : t.asking}</p>
      )}
      {rejected.length > 0 && (
        <Notice tone="info" title={t.rejected(rejected.length)}>
          <code>{rejected.join(', ')}</code>
        </Notice>
      )}
    </section>
  )
}

function Running({ device }: { device: DeviceFacts }) {
  const t = usePanelText(deviceWords)
  const format = useFormats()
  const { kind, why, speeds, threads, single } = device
  const billions = (speed: number): string => format.short(speed / 1e9)
  const facts: Fact[] = [
    { name: t.runs, value: t.kinds[kind] },
    ...(threads === null
      ? []
      : [{ name: t.threadsUsed, value: format.number(threads), note: single ? t.single[single] : undefined }]),
  ]
  return (
    <div
      className={styles.running}
      data-testid="device-running"
      data-kind={kind}
      data-why={why}
      data-threads={threads ?? ''}
    >
      <FactList facts={facts} />
      <p>
        {why === 'measured' && speeds && kind !== 'reference'
          ? t.why.measured(billions(speeds.gpu), billions(speeds.cpu), kind)
          : t.why[why === 'measured' ? 'faster' : why]}
      </p>
    </div>
  )
}

function Refused({ error, running }: { error: ErrorData; running: boolean }) {
  const t = useT()
  const words = usePanelText(deviceWords)
  const { title, text, todo } = useExplain()(error)
  return (
    <div className={styles.quiet} data-testid="device-refused" data-code={error.code}>
      <p>
        <strong>{title}</strong>
        <br />
        {text}
      </p>
      {running && <p>{words.without}</p>}
      <details>
        <summary>{words.how}</summary>
        <p>{todo}</p>
        {(error.code === 'NO_WEBGPU' || error.code === 'NO_ADAPTER') && <p>{words.browsers[browserKind(navigator)]}</p>}
        <p>
          {t.app.details}: <code>{error.code}</code> <span lang="en">{error.message}</span>
        </p>
      </details>
    </div>
  )
}

function Adapter({ adapter, used }: { adapter: AdapterFacts; used: DeviceFacts['why'] | null }) {
  const t = usePanelText(deviceWords)
  const format = useFormats()
  const { kernels } = adapter
  const { subgroups } = kernels
  const feature = (name: keyof typeof t.features, has: string | false | null): Fact => ({
    name: t.features[name].name,
    value: has || t.no,
    note: has ? undefined : t.features[name].without,
  })
  const limit = (name: string) => adapter.limits[name]
  const software = adapter.fallback || adapter.kind === 'software'
  const facts: Fact[] = [
    {
      name: t.adapter,
      value: [adapter.vendor, adapter.architecture].filter(Boolean).join(' · ') || t.unnamed,
      note: adapter.description || undefined,
    },
    ...[
      feature('shader-f16', kernels.f16 && t.yes),
      feature('subgroups', subgroups && t.threadsOf(subgroups.min, subgroups.max)),
      feature('dot4', kernels.dot4 && t.yes),
      feature('timestamp-query', adapter.features.includes('timestamp-query') && t.yes),
    ],
    ...(['maxBufferSize', 'maxStorageBufferBindingSize'] as const)
      .filter((name) => limit(name) !== undefined)
      .map((name) => ({ name: t.limits[name], value: format.bytes(limit(name)!) })),
  ]
  return (
    <>
      {software && (
        <Notice tone={used ? 'warn' : 'info'} title={t.software}>
          <p>{t.softwareHint}</p>
          {used === 'asked' && <p>{t.softwareUsed}</p>}
        </Notice>
      )}
      <FactList facts={facts} />
      {adapter.forced.length > 0 && (
        <p>
          {t.forced} <code>{adapter.forced.join(', ')}</code>
        </p>
      )}
    </>
  )
}

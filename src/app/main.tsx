// Starts the page: reads the address, mounts the app, loads a model, gives scripts their handle.

import './theme.css'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { useChat, useSettings } from '../store/index.ts'
import { loadLanguage } from '../i18n/index.tsx'
import { App } from './App.tsx'
import { autoload } from './autoload.ts'
import { takeParams } from './params.ts'

const { model, lang } = takeParams()
if (lang) useSettings.getState().setLang(lang)

await loadLanguage(useSettings.getState().lang)
createRoot(document.getElementById('root')!).render(<StrictMode><App /></StrictMode>)
void useChat.getState().start()
void autoload(model)

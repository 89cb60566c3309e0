"use client"

import { RacletteProvider } from "raclette-wasm/react"
import { useEffect, useState } from "react"
import { start } from "./start"

/** Creates a runtime in the browser and provides it to its children. */
export function WithRuntime({ children }) {
  const [runtime, setRuntime] = useState()
  useEffect(() => {
    let isGone = false
    const starting = start()
    starting.then((started) => isGone || setRuntime(started))
    return () => {
      isGone = true
      starting.then((started) => started.dispose())
    }
  }, [])
  if (!runtime) return <p>…</p>
  return (
    <RacletteProvider runtime={runtime} pluginKey="pacifico__todo">
      {children}
    </RacletteProvider>
  )
}

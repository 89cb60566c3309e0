// A user's client of the package: shows the list of todos, keeps it up to date by events, and adds todos. The search
// params of its address set `entry` (a file of the package) and `transports` (of the socket). setting.json contains
// `config` and `token`, so that it works without a backend too.
export async function startClient(search, show) {
  const query = new URLSearchParams(search)
  const { config, token } = await (await fetch("/setting.json")).json()
  const { createRuntime } = await import(`/raclette-wasm/${query.get("entry") ?? "index"}.js`)

  const errors = []
  const runtime = await createRuntime({
    url: location.origin,
    plugins: [config],
    auth: { token },
    identity: "anna",
    // A missing file would go unnoticed, since the embedded copy replaces it.
    log: { sink: ({ title }) => title.includes("embedded copy") && errors.push(title) },
    onError: ({ code, message }) => errors.push(`${code} ${message}`),
    ...(query.has("transports") && { socket: { transports: query.get("transports").split(",") } }),
  })
  const { $data, $socket } = runtime.usePluginApi(config.pluginKey)
  const { dataArr, execute } = $data.todo.getAll({ options: { immediate: true } })
  $socket.on("todoCreated", () => execute())

  const tell = () =>
    show({
      status: runtime.$socket.status.value,
      names: dataArr.value.map(({ name }) => name),
      queued: runtime.queued.value.length,
      errors,
    })
  for (const ref of [runtime.$socket.status, runtime.queued, dataArr]) ref.subscribe(tell)

  return {
    create: (name) => $data.todo.create().execute({ name }),
  }
}

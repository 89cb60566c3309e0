// The smallest app of Angular: one component that shows the list.
import { Component, provideZonelessChangeDetection, signal } from "@angular/core"
import { bootstrapApplication } from "@angular/platform-browser"
import { createRuntime } from "raclette-wasm"
import todoConfig from "./generated-config"

const url = "http://127.0.0.1:8082"

@Component({
  selector: "app-root",
  template: `@for (todo of todos(); track todo._id) {<li>{{ todo.name }}</li>}`,
})
class App {
  readonly todos = signal<readonly { _id: string; name: string }[]>([])

  async ngOnInit() {
    const login = { method: "POST", headers: { "content-type": "application/json" }, body: '{"user":"me"}' }
    const { token } = await (await fetch(`${url}/auth/dev-login`, login)).json()
    const runtime = await createRuntime({ url, plugins: [todoConfig], auth: { token } })
    const { $data, $socket } = runtime.usePluginApi("pacifico__todo")
    const { dataArr, execute } = $data.todo.getAll<{ _id: string; name: string }>({ options: { immediate: true } })
    $socket.on("todoCreated", () => void execute())
    dataArr.subscribe((todos) => this.todos.set(todos))
    await $data.todo.create().execute({ name: "Milk" })
  }
}

bootstrapApplication(App, { providers: [provideZonelessChangeDetection()] })

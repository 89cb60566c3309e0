"use client"

import { useMutation, usePluginApi, useQuery } from "raclette-wasm/react"
import { useEffect } from "react"

export function Todos() {
  const { $data, $socket } = usePluginApi()
  const { dataArr, execute } = useQuery($data.todo.getAll)
  const { execute: create } = useMutation($data.todo.create)
  useEffect(() => $socket.on("todoCreated", () => void execute()), [$socket, execute])
  useEffect(() => void create({ name: "Milk" }), [create])
  return dataArr.map(({ _id, name }) => <li key={_id}>{name}</li>)
}

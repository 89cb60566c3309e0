// A TCP proxy for one test.
import { onTestFinished } from "vitest"
import { TcpProxy } from "./tcp-proxy"

/**
 * Opens a proxy in front of the server at `url`. `url` of the result leads through it. The proxy closes with the test.
 */
export async function openProxy(url: string): Promise<{ proxy: TcpProxy; url: string }> {
  const proxy = await TcpProxy.open(Number(new URL(url).port))
  onTestFinished(() => proxy.close())
  const proxied = new URL(url)
  proxied.port = String(proxy.port)
  return { proxy, url: proxied.href }
}

// Launch options of the system's Chromium: CHROMIUM_PATH, or Debian's path.
export const launchOptions = {
  executablePath: process.env.CHROMIUM_PATH ?? "/usr/bin/chromium",
  args: [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    // Chromium would block intercepted documents, which have no IP address, from accessing loopback addresses.
    "--disable-features=LocalNetworkAccessChecks,LocalNetworkAccessChecksWebSockets",
  ],
}

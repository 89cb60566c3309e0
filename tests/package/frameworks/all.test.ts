// Every app of tests/package/apps: `npm run test:frameworks`.
import { apps } from "../app"
import { testApp } from "../app-suite"

for (const app of apps) testApp(app)

// Prints what cdk-nag finds in the CloudFormation templates of a folder, as JSON:
// node findings.cjs FOLDER OUTPUT_FOLDER
const fs = require("node:fs");
const path = require("node:path");
const { App, Stack, Validations } = require("aws-cdk-lib");
const { CfnInclude } = require("aws-cdk-lib/cloudformation-include");
const { AwsSolutionsChecks } = require("cdk-nag");

const [folder, outdir] = process.argv.slice(2);
const app = new App({
  outdir,
  context: { "@aws-cdk/core:failSynthOnValidationErrors": false },
});
for (const name of fs.readdirSync(folder).filter((each) => each.endsWith(".json"))) {
  const stack = new Stack(app, path.basename(name, ".json"));
  new CfnInclude(stack, "template", { templateFile: path.join(folder, name) });
}
const pack = new AwsSolutionsChecks(app);
Validations.of(app).addPlugins(pack);
app.synth();
const { pluginReports } = JSON.parse(
  fs.readFileSync(path.join(outdir, "validation-report.json"), "utf8"),
);
const { violations } = pluginReports.find((each) => each.pluginName === pack.name);
const found = violations.flatMap(({ ruleName, violatingConstructs }) =>
  violatingConstructs.map(({ constructPath }) => ({ rule: ruleName, path: constructPath })),
);
fs.writeSync(1, JSON.stringify(found));

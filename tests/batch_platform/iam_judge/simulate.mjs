// Reads simulations of IAM as JSON from stdin; writes what @cloud-copilot/iam-simulate says of each.
import { text } from 'node:stream/consumers'
import { runSimulation } from '@cloud-copilot/iam-simulate'

const { documents, simulations } = JSON.parse(await text(process.stdin))
const named = (names) => names.map((name) => ({ name, policy: documents[name] }))
const everything = {
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }],
}
const answers = []
for (const one of simulations) {
  const { principal, action, resource, context, policies, boundary, session, of_resource } = one
  const answer = await runSimulation(
    {
      request: {
        principal,
        action,
        resource: { resource, accountId: one.account ?? '123456789012' },
        contextVariables: context,
      },
      identityPolicies: named(policies),
      serviceControlPolicies: [
        { orgIdentifier: 'r-root', policies: [{ name: 'all', policy: everything }] },
      ],
      resourceControlPolicies: [],
      ...(boundary ? { permissionBoundaryPolicies: named([boundary]) } : {}),
      ...(session ? { sessionPolicy: documents[session] } : {}),
      ...(of_resource ? { resourcePolicy: documents[of_resource] } : {}),
    },
    {},
  )
  answers.push(
    answer.resultType === 'error'
      ? { error: JSON.stringify(answer.errors) }
      : { result: answer.overallResult, ignored: answer.result?.ignoredContextKeys ?? [] },
  )
}
process.stdout.write(JSON.stringify(answers))

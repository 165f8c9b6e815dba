#!/bin/sh
# Where Pulumi is at hand, e.g. in CI: the outputs as JSON, piped to any tool.
# Run it in the folder of the stack's project; $1 is the stack, e.g. dev. Prints the new job's id.
set -eu
outputs=$(pulumi stack output --json --stack "${1:?which stack?}")

queue=$(echo "$outputs" | jq --raw-output .jobQueues.default.name)
definition=$(echo "$outputs" | jq --raw-output .jobDefinitions.hello.name)

aws batch submit-job --job-name from-ci --job-queue "$queue" --job-definition "$definition" \
  --region "$(echo "$outputs" | jq --raw-output .region)" --query jobId --output text

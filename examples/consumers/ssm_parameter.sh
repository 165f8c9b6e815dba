#!/bin/sh
# Without Pulumi: the AWS CLI reads the SSM parameter /batch/<stack>. Needs ssm:GetParameter.
# $1 is the stack, e.g. dev. Prints the new job's id.
set -eu
outputs=$(aws ssm get-parameter --name "/batch/${1:?which stack?}" \
  --query Parameter.Value --output text)

aws batch submit-job --job-name from-shell --query jobId --output text \
  --job-queue "$(echo "$outputs" | jq --raw-output .jobQueues.default.name)" \
  --job-definition "$(echo "$outputs" | jq --raw-output .jobDefinitions.hello.name)"

// The AWS SDK for JavaScript, v3: `node jobs.cjs QUEUE BUCKET` prints what it has read back.
"use strict";

const { Agent } = require("node:http");
const { Readable } = require("node:stream");
const { setTimeout: sleep } = require("node:timers/promises");
const batches = require("@aws-sdk/client-batch");
const { CloudWatchLogsClient, GetLogEventsCommand } = require("@aws-sdk/client-cloudwatch-logs");
const s3s = require("@aws-sdk/client-s3");
const { Upload } = require("@aws-sdk/lib-storage");
const { getSignedUrl } = require("@aws-sdk/s3-request-presigner");

const MIB = 1024 * 1024;
const [queue, bucket] = process.argv.slice(2);

async function runJob() {
  const batch = new batches.BatchClient();
  const { jobDefinitionArn } = await batch.send(
    new batches.RegisterJobDefinitionCommand({
      jobDefinitionName: "javascript",
      type: "container",
      containerProperties: {
        image: "busybox",
        command: ["sh", "-c", "echo $((6 * 7)) for $WHO in $AWS_BATCH_JQ_NAME"],
        resourceRequirements: [
          { type: "VCPU", value: "1" },
          { type: "MEMORY", value: "128" },
        ],
      },
    }),
  );
  const { jobId } = await batch.send(
    new batches.SubmitJobCommand({
      jobName: "javascript",
      jobQueue: queue,
      jobDefinition: jobDefinitionArn,
      containerOverrides: { environment: [{ name: "WHO", value: "Node.js" }] },
    }),
  );
  let job;
  do {
    await sleep(100);
    job = (await batch.send(new batches.DescribeJobsCommand({ jobs: [jobId] }))).jobs[0];
  } while (!["SUCCEEDED", "FAILED"].includes(job.status));
  const { events } = await new CloudWatchLogsClient().send(
    new GetLogEventsCommand({
      logGroupName: "/aws/batch/job",
      logStreamName: job.container.logStreamName,
      startFromHead: true,
    }),
  );
  let refused = "nothing was refused";
  try {
    await batch.send(
      new batches.SubmitJobCommand({ jobName: "x", jobQueue: queue, jobDefinition: "none" }),
    );
  } catch (error) {
    refused = [error.name, error instanceof batches.ClientException];
  }
  return {
    status: job.status,
    exitCode: job.container.exitCode,
    log: events.map((each) => each.message),
    seconds: Math.round((job.stoppedAt - job.createdAt) / 1000),
    refused,
  };
}

function numbered(size) {
  return Buffer.alloc(size, "0123456789");
}

/** A stream whose length nobody knows: it is sent in chunks, with its checksum at the end. */
function streamOf(body) {
  return Readable.from(
    (function* () {
      for (let start = 0; start < body.length; start += 50_000) {
        yield body.subarray(start, start + 50_000);
      }
    })(),
  );
}

async function read(s3, Key) {
  const { Body } = await s3.send(new s3s.GetObjectCommand({ Bucket: bucket, Key }));
  return Buffer.from(await Body.transformToByteArray());
}

async function useObjects(s3) {
  const found = {};
  const small = numbered(200_001);
  const put = (Key, Body, more) =>
    s3.send(new s3s.PutObjectCommand({ Bucket: bucket, Key, Body, ...more }));

  await put("buffer", small);
  found.buffer = (await read(s3, "buffer")).equals(small);

  await put("stream", streamOf(small), { ContentLength: small.length });
  found.stream = (await read(s3, "stream")).equals(small);

  const large = numbered(6 * MIB);
  const upload = new Upload({
    client: s3,
    params: { Bucket: bucket, Key: "parts", Body: streamOf(large) },
    partSize: 5 * MIB,
  });
  const { ETag } = await upload.done();
  found.parts = Number(ETag.replaceAll('"', "").split("-")[1]);
  found.multipart = (await read(s3, "parts")).equals(large);

  const range = { Bucket: bucket, Key: "parts", Range: `bytes=${large.length - 3}-` };
  found.range = await (await s3.send(new s3s.GetObjectCommand(range))).Body.transformToString();

  Object.assign(found, await usePresignedUrls(s3));

  try {
    await read(s3, "nothing");
  } catch (error) {
    found.missing = error.name;
  }
  const { Contents } = await s3.send(new s3s.ListObjectsV2Command({ Bucket: bucket }));
  found.keys = Contents.map((each) => each.Key);
  return found;
}

async function usePresignedUrls(s3) {
  const object = { Bucket: bucket, Key: "by fetch" };
  const putUrl = await getSignedUrl(s3, new s3s.PutObjectCommand(object));
  const getUrl = await getSignedUrl(s3, new s3s.GetObjectCommand(object));
  const put = await fetch(putUrl, { method: "PUT", body: "presigned" });
  const got = await fetch(getUrl);
  const other = await fetch(getUrl.replace("fetch", "guess"));
  return {
    presignedPut: put.status,
    presignedGet: await got.text(),
    presignedOther: other.status,
  };
}

/** Names of buckets are in the host, as by default on AWS: bucket.localhost is this machine. */
function virtualHosts(asked) {
  const endpoint = process.env.AWS_ENDPOINT_URL.replace("127.0.0.1", "localhost");
  const lookup = (name, options, answer) => {
    asked.add(name);
    return options.all
      ? answer(null, [{ address: "127.0.0.1", family: 4 }])
      : answer(null, "127.0.0.1", 4);
  };
  return new s3s.S3Client({ endpoint, requestHandler: { httpAgent: new Agent({ lookup }) } });
}

async function main() {
  const hosts = new Set();
  const byHost = virtualHosts(hosts);
  await byHost.send(new s3s.PutObjectCommand({ Bucket: bucket, Key: "host", Body: "by host" }));
  const found = {
    job: await runJob(),
    host: (await read(byHost, "host")).toString(),
    hosts: [...hosts],
    objects: await useObjects(new s3s.S3Client()),
  };
  byHost.destroy();
  console.log(JSON.stringify(found));
}

main().catch((error) => {
  console.error(error);
  process.exitCode = 1;
});

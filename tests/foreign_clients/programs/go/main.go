// The AWS SDK for Go v2: `jobs QUEUE BUCKET` prints what it has read back.
package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"log"
	"net/http"
	"os"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/feature/s3/manager"
	"github.com/aws/aws-sdk-go-v2/service/batch"
	batchtypes "github.com/aws/aws-sdk-go-v2/service/batch/types"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	s3types "github.com/aws/aws-sdk-go-v2/service/s3/types"
)

// Found is what the test looks at.
type Found struct {
	Status       string
	ExitCode     int32
	Log          []string
	Refused      bool
	Buffer       bool
	Parts        string
	Multipart    bool
	PresignedPut int
	PresignedGet string
	Missing      bool
}

func must[T any](value T, err error) T {
	if err != nil {
		log.Fatal(err)
	}
	return value
}

func main() {
	queue, bucket := os.Args[1], os.Args[2]
	ctx := context.Background()
	cfg := must(config.LoadDefaultConfig(ctx))
	var found Found
	runJob(ctx, cfg, queue, &found)
	useObjects(ctx, cfg, bucket, &found)
	must(0, json.NewEncoder(os.Stdout).Encode(found))
}

func runJob(ctx context.Context, cfg aws.Config, queue string, found *Found) {
	client := batch.NewFromConfig(cfg)
	definition := must(client.RegisterJobDefinition(ctx, &batch.RegisterJobDefinitionInput{
		JobDefinitionName: aws.String("go"),
		Type:              batchtypes.JobDefinitionTypeContainer,
		ContainerProperties: &batchtypes.ContainerProperties{
			Image:   aws.String("busybox"),
			Command: []string{"sh", "-c", "echo $1 in $AWS_BATCH_JQ_NAME; exit 3", "sh", "Ref::word"},
			ResourceRequirements: []batchtypes.ResourceRequirement{
				{Type: batchtypes.ResourceTypeVcpu, Value: aws.String("1")},
				{Type: batchtypes.ResourceTypeMemory, Value: aws.String("128")},
			},
		},
	}))
	submitted := must(client.SubmitJob(ctx, &batch.SubmitJobInput{
		JobName:       aws.String("go"),
		JobQueue:      aws.String(queue),
		JobDefinition: definition.JobDefinitionArn,
		Parameters:    map[string]string{"word": "gopher"},
		Tags:          map[string]string{"client": "go"},
	}))
	job := ended(ctx, client, *submitted.JobId)
	found.Status, found.ExitCode = string(job.Status), *job.Container.ExitCode
	events := must(cloudwatchlogs.NewFromConfig(cfg).GetLogEvents(ctx, &cloudwatchlogs.GetLogEventsInput{
		LogGroupName:  aws.String("/aws/batch/job"),
		LogStreamName: job.Container.LogStreamName,
		StartFromHead: aws.Bool(true),
	}))
	for _, each := range events.Events {
		found.Log = append(found.Log, *each.Message)
	}
	_, err := client.SubmitJob(ctx, &batch.SubmitJobInput{
		JobName: aws.String("x"), JobQueue: aws.String(queue), JobDefinition: aws.String("none"),
	})
	var refused *batchtypes.ClientException
	found.Refused = errors.As(err, &refused)
}

func ended(ctx context.Context, client *batch.Client, id string) batchtypes.JobDetail {
	for {
		job := must(client.DescribeJobs(ctx, &batch.DescribeJobsInput{Jobs: []string{id}})).Jobs[0]
		if job.Status == batchtypes.JobStatusSucceeded || job.Status == batchtypes.JobStatusFailed {
			return job
		}
		time.Sleep(100 * time.Millisecond)
	}
}

func useObjects(ctx context.Context, cfg aws.Config, bucket string, found *Found) {
	client := s3.NewFromConfig(cfg)
	name, body := aws.String(bucket), bytes.Repeat([]byte("0123456789"), 20_000)
	must(client.PutObject(ctx, &s3.PutObjectInput{
		Bucket: name, Key: aws.String("buffer"), Body: bytes.NewReader(body),
	}))
	found.Buffer = bytes.Equal(read(ctx, client, bucket, "buffer"), body)

	large := bytes.Repeat([]byte("0123456789"), 600_000)
	// A reader whose length nobody knows.
	uploaded := must(manager.NewUploader(client).Upload(ctx, &s3.PutObjectInput{
		Bucket: name, Key: aws.String("parts"), Body: io.MultiReader(bytes.NewReader(large)),
	}))
	_, found.Parts, _ = strings.Cut(strings.Trim(*uploaded.ETag, `"`), "-")
	found.Multipart = bytes.Equal(read(ctx, client, bucket, "parts"), large)

	signer := s3.NewPresignClient(client)
	put := must(signer.PresignPutObject(ctx, &s3.PutObjectInput{Bucket: name, Key: aws.String("url")}))
	request := must(http.NewRequest(put.Method, put.URL, strings.NewReader("presigned")))
	answer := must(http.DefaultClient.Do(request))
	found.PresignedPut = answer.StatusCode
	get := must(signer.PresignGetObject(ctx, &s3.GetObjectInput{Bucket: name, Key: aws.String("url")}))
	found.PresignedGet = string(must(io.ReadAll(must(http.Get(get.URL)).Body)))

	_, err := client.GetObject(ctx, &s3.GetObjectInput{Bucket: name, Key: aws.String("nothing")})
	var missing *s3types.NoSuchKey
	found.Missing = errors.As(err, &missing)
}

func read(ctx context.Context, client *s3.Client, bucket, key string) []byte {
	object := must(client.GetObject(ctx, &s3.GetObjectInput{
		Bucket: aws.String(bucket), Key: aws.String(key), ChecksumMode: s3types.ChecksumModeEnabled,
	}))
	return must(io.ReadAll(object.Body))
}

"""Which actions of IAM a call needs: most have the name of the operation.

Sources: Service Authorization Reference; S3 user guide, "Required permissions for Amazon S3 API
operations"; SQS developer guide, "Amazon SQS API permissions".
"""

from __future__ import annotations

from collections.abc import Iterator

from localaws.iam.calls.call import Call

OF_S3 = {
    "AbortMultipartUpload": ("AbortMultipartUpload",),
    "CompleteMultipartUpload": ("PutObject",),
    "CopyObject": ("GetObject", "PutObject"),
    "CreateMultipartUpload": ("PutObject",),
    "DeleteBucketAnalyticsConfiguration": ("PutAnalyticsConfiguration",),
    "DeleteBucketCors": ("PutBucketCORS",),
    "DeleteBucketEncryption": ("PutEncryptionConfiguration",),
    "DeleteBucketIntelligentTieringConfiguration": ("PutIntelligentTieringConfiguration",),
    "DeleteBucketInventoryConfiguration": ("PutInventoryConfiguration",),
    "DeleteBucketLifecycle": ("PutLifecycleConfiguration",),
    "DeleteBucketMetricsConfiguration": ("PutMetricsConfiguration",),
    "DeleteBucketOwnershipControls": ("PutBucketOwnershipControls",),
    "DeleteBucketReplication": ("PutReplicationConfiguration",),
    "DeleteBucketTagging": ("PutBucketTagging",),
    "DeleteObjects": ("DeleteObject",),
    "DeletePublicAccessBlock": ("PutBucketPublicAccessBlock",),
    "GetBucketAccelerateConfiguration": ("GetAccelerateConfiguration",),
    "GetBucketAnalyticsConfiguration": ("GetAnalyticsConfiguration",),
    "GetBucketCors": ("GetBucketCORS",),
    "GetBucketEncryption": ("GetEncryptionConfiguration",),
    "GetBucketIntelligentTieringConfiguration": ("GetIntelligentTieringConfiguration",),
    "GetBucketInventoryConfiguration": ("GetInventoryConfiguration",),
    "GetBucketLifecycle": ("GetLifecycleConfiguration",),
    "GetBucketLifecycleConfiguration": ("GetLifecycleConfiguration",),
    "GetBucketMetricsConfiguration": ("GetMetricsConfiguration",),
    "GetBucketNotificationConfiguration": ("GetBucketNotification",),
    "GetBucketReplication": ("GetReplicationConfiguration",),
    "GetObjectAttributes": ("GetObject", "GetObjectAttributes"),
    "GetObjectLockConfiguration": ("GetBucketObjectLockConfiguration",),
    "GetPublicAccessBlock": ("GetBucketPublicAccessBlock",),
    "HeadBucket": ("ListBucket",),
    "HeadObject": ("GetObject",),
    "ListBucketAnalyticsConfigurations": ("GetAnalyticsConfiguration",),
    "ListBucketIntelligentTieringConfigurations": ("GetIntelligentTieringConfiguration",),
    "ListBucketInventoryConfigurations": ("GetInventoryConfiguration",),
    "ListBucketMetricsConfigurations": ("GetMetricsConfiguration",),
    "ListBuckets": ("ListAllMyBuckets",),
    "ListMultipartUploads": ("ListBucketMultipartUploads",),
    "ListObjectVersions": ("ListBucketVersions",),
    "ListObjects": ("ListBucket",),
    "ListObjectsV2": ("ListBucket",),
    "ListParts": ("ListMultipartUploadParts",),
    "PutBucketAccelerateConfiguration": ("PutAccelerateConfiguration",),
    "PutBucketAnalyticsConfiguration": ("PutAnalyticsConfiguration",),
    "PutBucketCors": ("PutBucketCORS",),
    "PutBucketEncryption": ("PutEncryptionConfiguration",),
    "PutBucketIntelligentTieringConfiguration": ("PutIntelligentTieringConfiguration",),
    "PutBucketInventoryConfiguration": ("PutInventoryConfiguration",),
    "PutBucketLifecycle": ("PutLifecycleConfiguration",),
    "PutBucketLifecycleConfiguration": ("PutLifecycleConfiguration",),
    "PutBucketMetricsConfiguration": ("PutMetricsConfiguration",),
    "PutBucketNotificationConfiguration": ("PutBucketNotification",),
    "PutBucketReplication": ("PutReplicationConfiguration",),
    "PutObjectLockConfiguration": ("PutBucketObjectLockConfiguration",),
    "PutPublicAccessBlock": ("PutBucketPublicAccessBlock",),
    "SelectObjectContent": ("GetObject",),
    "UploadPart": ("PutObject",),
    "UploadPartCopy": ("GetObject", "PutObject"),
}
OF_OBJECT_VERSIONS = {
    "DeleteObject": "DeleteObjectVersion",
    "GetObject": "GetObjectVersion",
    "GetObjectAcl": "GetObjectVersionAcl",
    "GetObjectTagging": "GetObjectVersionTagging",
    "HeadObject": "GetObjectVersion",
}
"""What the operation needs where the call names a version of the object."""
OTHERS = {
    "budgets:CreateBudget": ("ModifyBudget",),
    "budgets:CreateNotification": ("ModifyBudget",),
    "budgets:DeleteBudget": ("ModifyBudget",),
    "budgets:DeleteNotification": ("ModifyBudget",),
    "budgets:DescribeBudget": ("ViewBudget",),
    "budgets:DescribeNotificationsForBudget": ("ViewBudget",),
    "budgets:DescribeSubscribersForNotification": ("ViewBudget",),
    "budgets:UpdateBudget": ("ModifyBudget",),
    "batch:CancelJobs": ("CancelJob",),
    "batch:TerminateJobs": ("TerminateJob",),
    "batch:TerminateServiceJobs": ("TerminateServiceJob",),
    "kms:ReEncrypt": ("ReEncryptFrom", "ReEncryptTo"),
    "lambda:Invoke": ("InvokeFunction",),
    "sqs:ChangeMessageVisibilityBatch": ("ChangeMessageVisibility",),
    "sqs:DeleteMessageBatch": ("DeleteMessage",),
    "sqs:SendMessageBatch": ("SendMessage",),
    "sns:PublishBatch": ("Publish",),
}
TAGGED = {
    "budgets": ("ResourceTags", "TagResource"),
    "autoscaling": ("Tags", "CreateOrUpdateTags"),
    "batch": ("tags", "TagResource"),
    "cloudwatch": ("Tags", "TagResource"),
    "ecr": ("tags", "TagResource"),
    "ecs": ("tags", "TagResource"),
    "events": ("Tags", "TagResource"),
    "logs": ("tags", "TagResource"),
    "secretsmanager": ("Tags", "TagResource"),
    "sns": ("Tags", "TagResource"),
    "sqs": ("tags", "TagQueue"),
    "ssm": ("Tags", "AddTagsToResource"),
    "ec2": ("TagSpecifications", "CreateTags"),
}
"""Service -> the parameter that has a new resource's tags, and the action that gives them."""
OF_IAM = {
    "CreateInstanceProfile": "TagInstanceProfile",
    "CreateOpenIDConnectProvider": "TagOpenIDConnectProvider",
    "CreatePolicy": "TagPolicy",
    "CreateRole": "TagRole",
    "CreateSAMLProvider": "TagSAMLProvider",
    "CreateUser": "TagUser",
    "CreateVirtualMFADevice": "TagMFADevice",
    "UploadServerCertificate": "TagServerCertificate",
}
"""What gives tags to what an operation of IAM makes (IAM user guide, "Tags for IAM resources")."""
_TAGGERS = ("Tag", "Untag", "AddTags", "CreateTags", "DeleteTags")


def actions_of(call: Call) -> Iterator[str]:
    """Yield the actions that a call needs, e.g. ``batch:SubmitJob``."""
    name = f"{call.service}:{call.operation}"
    if call.service == "s3":
        if call.parameters.get("VersionId") and call.operation in OF_OBJECT_VERSIONS:
            yield f"s3:{OF_OBJECT_VERSIONS[call.operation]}"
            return
        names = OF_S3.get(call.operation, (call.operation,))
    else:
        names = OTHERS.get(name, (call.operation,))
    for each in names:
        yield f"{call.service}:{each}"
    if (tags := tagging_action(call)) is not None:
        yield tags


def tagging_action(call: Call) -> str | None:
    """Return the action that a call needs because it gives its new resource tags."""
    parameter, action = TAGGED.get(call.service, ("", ""))
    if call.service == "iam":
        parameter, action = "Tags", OF_IAM.get(call.operation, "")
    is_tagger = call.operation.startswith(_TAGGERS)
    if not action or is_tagger or not call.parameters.get(parameter):
        return None
    return f"{call.service}:{action}"

"""Where everything is kept: DynamoDB tables, signed pointers, KMS. The only package that imports boto3."""

"""boto3: one small adapter per AWS type. The only package that imports boto3 and moto."""

terraform {
  required_version = ">= 1.11, < 2.0" # write-only arguments keep the API key out of the state

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "~> 5.100"
    }
  }

  backend "s3" {
    bucket       = "iot-pipeline-terraform-state" # your own: S3 names are global
    key          = "example/iot-pipeline.tfstate" # another one for each environment
    region       = "us-east-1"
    encrypt      = true
    use_lockfile = true # without it two applies at once would not be refused
  }
}

provider "aws" {
  region = var.region

  default_tags {
    tags = {
      project     = "iot-pipeline"
      environment = var.environment
      managed-by  = "terraform"
    }
  }
}

variable "environment" {
  description = "Suffix of every resource's name."
  type        = string
  default     = "example"
}

variable "region" {
  description = "Region of everything."
  type        = string
  default     = "us-east-1"
}

variable "packages" {
  description = "Folder of the functions' packages, as `make package ENV=dev` builds them."
  type        = string
  default     = "../../../../build/packages/dev"
}

variable "api_key" {
  description = "What devices send as X-Api-Key, 20 characters or more; kept in no plan and no state."
  type        = string
  ephemeral   = true
  sensitive   = true
}

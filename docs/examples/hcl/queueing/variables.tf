variable "function_name" {
  description = "Your function, which reads the queue. It answers {\"batchItemFailures\": [...]}."
  type        = string
}

variable "function_role_name" {
  description = "The role that it runs under."
  type        = string
}

variable "function_timeout_seconds" {
  description = "Its timeout, from which the queue's visibility timeout follows."
  type        = number
  default     = 30
}

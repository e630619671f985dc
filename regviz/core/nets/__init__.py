"""Small networks: gradients, optimizers, training."""

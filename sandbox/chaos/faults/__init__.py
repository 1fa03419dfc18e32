"""What is caused, by noun: a function per fault that plays a load on a scene and makes something fail meanwhile."""

// A button in four weights. Icon-only buttons take `label`, which becomes their name and tooltip.

import type { ButtonHTMLAttributes } from 'react'
import { Icon, type IconName } from './icons.tsx'
import styles from './Button.module.css'

interface Props extends ButtonHTMLAttributes<HTMLButtonElement> {
  variant?: 'primary' | 'plain' | 'quiet' | 'danger'
  icon?: IconName
  /** name of an icon-only button */
  label?: string
}

export function Button({ variant = 'plain', icon, label, children, className, type = 'button', ...rest }: Props) {
  const shape = children === undefined ? styles.square : ''
  return (
    <button
      // one that stops and the one that sends the form take each other's place: were they one element, the click that
      // stopped would send the form as well
      key={type}
      type={type}
      aria-label={label}
      title={label}
      {...rest}
      className={`${styles.button} ${styles[variant]} ${shape} ${className ?? ''}`}
    >
      {icon && <Icon name={icon} size={children === undefined ? 18 : 16} />}
      {children}
    </button>
  )
}
